import { parseDid, resolveDid } from '@hufu/did'
import { canonicalJson, errorCode, type Json, parseJson } from '@hufu/primitives'
import type { Institution } from '../institution.ts'
import { HandoverError } from './errors.ts'
import { messageHeader, type SignedMessage, signMessage, verifyMessage } from './peer-message.ts'

/** Type of the service in a DID document under which an institution's server is found. */
const serviceType = 'HufuInstitution'

/** What a peer answered, with the messages that both signed. */
export interface PeerAnswer {
  readonly body: Json
  readonly sent: SignedMessage
  readonly received: SignedMessage
}

/** Talks to other institutions' servers. */
export class PeerClient {
  readonly #institution: Pick<Institution, 'ledger' | 'self' | 'clock'>
  readonly #fetch: typeof fetch

  /** @param fetch - must refuse addresses that are not to be asked: who is asked says where they are */
  constructor(institution: Pick<Institution, 'ledger' | 'self' | 'clock'>, fetch: typeof globalThis.fetch) {
    this.#institution = institution
    this.#fetch = fetch
  }

  /**
   * Sends a signed message and checks the signed answer to it.
   *
   * @throws HandoverError `ERR_HANDOVER_PEER`: it has no server, or is not found; `ERR_HANDOVER_ANSWER`: it refused (the message says with which code),
   *   or its answer is not signed by it
   * @throws ServiceError `ERR_SERVICE_ADDRESS`, `ERR_SERVICE_OUTSIDE`
   */
  async post(did: string, path: string, body: Json): Promise<PeerAnswer> {
    const { self, clock, ledger } = this.#institution
    const endpoint = await this.#endpointOf(did)
    const sent = await signMessage({ issuer: self.did, audience: did, about: { method: 'POST', path }, body }, self.keys[0], clock.nowMs())
    const response = await this.#fetch(`${endpoint}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [messageHeader]: sent.jws },
      body: canonicalJson(body),
    })
    const text = await response.text()
    if (!response.ok) throw refusedBy(text)
    const answer = parse(text)
    const signed = response.headers.get(messageHeader)
    if (signed === null) throw new HandoverError('ERR_HANDOVER_ANSWER', 'answer: expected it to be signed')
    const expected = { issuer: did, audience: self.did, about: { answers: sent.id }, body: answer }
    const received = await verifyMessage(signed, expected, ledger.lookups.resolveIssuerKey, clock.nowMs())
    return { body: answer, sent, received }
  }

  async #endpointOf(did: string): Promise<string> {
    try {
      const { document } = await resolveDid(this.#institution.ledger.registry.dids, parseDid(did))
      const endpoint = document?.service?.find(({ type }) => type === serviceType)?.serviceEndpoint
      if (endpoint !== undefined) return endpoint.replace(/\/$/, '')
    } catch (cause) {
      if (errorCode(cause)?.startsWith('ERR_DID_') !== true) throw cause
      throw new HandoverError('ERR_HANDOVER_PEER', 'holder: expected a DID of this network', { cause })
    }
    throw new HandoverError('ERR_HANDOVER_PEER', `holder: expected a DID with a service of type ${serviceType}`)
  }
}

function parse(text: string): Json {
  try {
    return parseJson(text)
  } catch (cause) {
    throw new HandoverError('ERR_HANDOVER_ANSWER', 'answer: expected JSON', { cause })
  }
}

/** Of a refusal only the code is passed on: whatever else the other side says is not ours to repeat. */
function refusedBy(text: string): HandoverError {
  let code: unknown
  try {
    code = (parseJson(text) as { code?: unknown }).code
  } catch {
    // Then there is none to name.
  }
  const named = typeof code === 'string' && /^ERR_[A-Z_]{1,60}$/.test(code) ? code : 'no code'
  return new HandoverError('ERR_HANDOVER_ANSWER', `the other institution refused: ${named}`)
}
