import { parseEndorsedTransaction } from '@hufu/chains'
import type { FabricBlock, FabricTransaction, fabricCallbackBody, ValueOf } from '@hufu/pcn'
import { bytesToHex, bytesToUtf8, randomBytes } from '@hufu/primitives'
import { Refusal } from './refusal.ts'

/** What somebody wants to be told of. */
export interface Registration {
  readonly eventId: string
  readonly kind: 'chaincode' | 'block'
  readonly chainCode: string
  /** Of a chaincode's events: a regular expression for the whole name. */
  readonly eventKey: string
  readonly notifyUrl: string
  readonly attachArgs: string
  readonly createTime: string
}

/** A callback that is to be delivered. */
export interface DueCallback {
  readonly notifyUrl: string
  readonly body: ValueOf<typeof fabricCallbackBody>
}

const maxRegistrations = 1_000

/** Who is to be told of which events. In memory: a stand-in forgets. */
export class EventBook {
  readonly #orgCode: string
  readonly #registrations = new Map<string, Registration>()

  constructor(orgCode: string) {
    this.#orgCode = orgCode
  }

  /** @throws Refusal: the key is no regular expression, or there are too many */
  add(of: Omit<Registration, 'eventId' | 'createTime'>, nowMs: number): string {
    if (this.#registrations.size >= maxRegistrations) throw new Refusal('too many registrations')
    if (of.kind === 'chaincode') patternOf(of.eventKey)
    const eventId = bytesToHex(randomBytes(16))
    this.#registrations.set(eventId, { ...of, eventId, createTime: new Date(nowMs).toISOString().slice(0, 19).replace('T', ' ') })
    return eventId
  }

  /** @throws Refusal: there is none */
  remove(eventId: string): void {
    if (!this.#registrations.delete(eventId)) throw new Refusal('eventId: there is no such registration')
  }

  list(): readonly Registration[] {
    return [...this.#registrations.values()]
  }

  /** What a block gives to tell. */
  callbacksOf(block: FabricBlock): readonly DueCallback[] {
    const events = block.transactions.flatMap(eventsOf)
    return this.list().flatMap(registration => {
      if (registration.kind === 'block') return [this.#callback(registration, block, { previousHash: block.previousHash })]
      const pattern = patternOf(registration.eventKey)
      return events
        .filter(({ chainCode, eventName }) => chainCode === registration.chainCode && pattern.test(eventName))
        .map(event => this.#callback(registration, block, event))
    })
  }

  #callback(
    { eventId, eventKey, attachArgs, notifyUrl }: Registration,
    { number }: FabricBlock,
    event: Partial<DueCallback['body']>,
  ): DueCallback {
    const none = { chainCode: '', eventName: '', txId: '', payload: '', previousHash: '' }
    const nonceStr = bytesToHex(randomBytes(16))
    return { notifyUrl, body: { ...none, orgCode: this.#orgCode, eventKey, eventId, attachArgs, blockNumber: number, nonceStr, ...event } }
  }
}

function eventsOf({ chaincode, payload, validationCode, transactionId }: FabricTransaction) {
  // Fabric's own chaincodes have arguments that are no text, and say nothing.
  if (chaincode === null || chaincode.startsWith('_') || validationCode !== 0) return []
  const { event } = parseEndorsedTransaction(payload)
  return event === null ? [] : [{ chainCode: chaincode, eventName: event.name, txId: transactionId, payload: textOf(event.payload) }]
}

/** Payloads that are no text cannot be told in JSON as they are. */
function textOf(payload: Uint8Array): string {
  try {
    return bytesToUtf8(payload)
  } catch {
    return ''
  }
}

function patternOf(eventKey: string): RegExp {
  try {
    return new RegExp(`^(?:${eventKey})$`)
  } catch {
    throw new Refusal('eventKey: expected a regular expression')
  }
}
