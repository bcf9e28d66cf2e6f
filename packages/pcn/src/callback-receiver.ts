import { errorCode, type Json, parseJson } from '@hufu/primitives'
import { fabricCallbackBody } from './endpoints/fabric-endpoints.ts'
import { fiscoCallbackBody } from './endpoints/fisco-endpoints.ts'
import { openRequest, type RequestHeader } from './envelope/request-envelope.ts'
import { PcnError } from './errors.ts'
import type { MacVerifier } from './mac/mac-verifier.ts'
import type { RecordShape, ValueOf } from './shape/shape.ts'

/** What a gateway tells of Fabric. */
export type FabricCallback = ValueOf<typeof fabricCallbackBody>

/** What a gateway tells of FISCO BCOS. */
export type FiscoCallback = ValueOf<typeof fiscoCallbackBody>

/** What was registered at the gateway: what comes must be of it. */
export type EventRegistration =
  | {
      readonly kind: 'chaincode'
      readonly chainCode: string
      readonly eventKey: string
      readonly orgCode: string
      readonly attachArgs: string
    }
  | { readonly kind: 'block'; readonly orgCode: string; readonly attachArgs: string }
  | { readonly kind: 'fisco'; readonly eventType: 1 | 2; readonly orgCode: string; readonly attachArgs: string }

/** Which callbacks were dealt with; durable, or a restart deals with one again. */
export interface SeenCallbacks {
  has(key: string): Promise<boolean>
  add(key: string): Promise<void>
}

/** Settings of {@link CallbackReceiver}. */
export interface CallbackReceiverOptions extends RequestHeader {
  readonly gateway: MacVerifier
  readonly seen: SeenCallbacks
  /** By the id that the gateway gave. */
  findRegistration(eventId: string): Promise<EventRegistration | undefined>
  /** Deals with what is told. If it throws, the gateway is not told of success, and tells again. */
  deliver(callback: FabricCallback | FiscoCallback, registration: EventRegistration): Promise<void>
}

/** The answer that ends a gateway's attempts. */
export const callbackSuccess = 'success'

const maxLength = 1_048_576

/**
 * Takes a gateway's callbacks: checks the mac, that it is of a registration of ours and as registered, and deals with each once, however often it is
 * told. What it says is the gateway's word, no more: read with proof what it speaks of before acting on it.
 */
export class CallbackReceiver {
  readonly #options: CallbackReceiverOptions
  /** Those under way: the same one may be told twice at a time. */
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(options: CallbackReceiverOptions) {
    this.#options = options
  }

  /**
   * @param text - body of the POST
   * @returns what to answer
   * @throws PcnError `ERR_PCN_REQUEST`: of another form; `ERR_PCN_MAC`: without a true mac; `ERR_PCN_CALLBACK`: of no registration, or not as
   *   registered; whatever `deliver` throws
   */
  async receive(text: string): Promise<string> {
    const json = jsonOf(text)
    const body = await this.#open(json)
    const registration = await this.#options.findRegistration(body.eventId)
    if (registration === undefined || !isAsRegistered(body, registration))
      throw new PcnError('ERR_PCN_CALLBACK', 'body: expected an event that was registered, as it was registered')
    await this.#once(`${body.eventId}/${body.nonceStr}`, () => this.#options.deliver(body, registration))
    return callbackSuccess
  }

  #open(json: Json): Promise<FabricCallback | FiscoCallback> {
    const { userCode, appCode, gateway } = this.#options
    const open = <Body extends RecordShape>(shape: Body) => openRequest(shape, json, { userCode, appCode, verifier: gateway })
    return isOfFisco(json) ? open(fiscoCallbackBody) : open(fabricCallbackBody)
  }

  async #once(key: string, deal: () => Promise<void>): Promise<void> {
    const before = this.#underWay.get(key)
    if (before !== undefined) return before
    const dealing = this.#dealIfNew(key, deal).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, dealing)
    return dealing
  }

  async #dealIfNew(key: string, deal: () => Promise<void>): Promise<void> {
    if (await this.#options.seen.has(key)) return
    await deal()
    await this.#options.seen.add(key)
  }
}

/**
 * Joined fields have no borders in a mac: text that a chaincode wrote could be read as other fields. What was registered fixes those at the beginning,
 * and forms of fixed length those at the end.
 */
function isAsRegistered(body: FabricCallback | FiscoCallback, registration: EventRegistration): boolean {
  if (body.orgCode !== registration.orgCode || body.attachArgs !== registration.attachArgs) return false
  if (!('blockNumber' in body)) return registration.kind === 'fisco' && body.eventType === registration.eventType
  switch (registration.kind) {
    case 'chaincode':
      return (
        body.chainCode === registration.chainCode && body.eventKey === registration.eventKey && body.txId !== '' && body.previousHash === ''
      )
    case 'block':
      return body.chainCode === '' && body.eventName === '' && body.txId === '' && body.payload === ''
    case 'fisco':
      return false
  }
}

function isOfFisco(json: Json): boolean {
  const body = typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, Json>).body : null
  return typeof body === 'object' && body !== null && Object.hasOwn(body, 'eventType')
}

function jsonOf(text: string): Json {
  try {
    return parseJson(text, { maxLength })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new PcnError('ERR_PCN_REQUEST', `callback: expected JSON of at most ${maxLength} characters, with no name twice`, { cause })
  }
}
