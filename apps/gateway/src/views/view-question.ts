import { didOfKid, type ParsedJwt, parseJwt, signJwt, verifyJwt } from '@hufu/credentials'
import { dateTimeToMs, errorCode, type Json } from '@hufu/primitives'
import { type Counterpart, type Counterparts, readViewRequest, type ViewRequest } from '@hufu/satp'
import { GatewayError } from '../errors.ts'

/** Type of a signed question for a view. Our own: the drafts on views are no working group's. */
const questionType = 'hufu-view-request+jwt'
/** How long a question counts, either side of its time. */
export const questionMaxAgeMs = 60_000

/** A question for a view, its signature found true. */
export interface ViewQuestion {
  readonly request: ViewRequest
  readonly counterpart: Counterpart
}

/** Signs a question for a view: a JWS in compact form, ES256, by our key for the counterpart. */
export function signViewQuestion(
  { network, address, nonce }: ViewRequest,
  { did: audience, own }: Counterpart,
  nowMs: number,
): Promise<string> {
  const view = { network, address: { contract: address.contract, path: [...address.path] }, nonce }
  return signJwt({ type: questionType, kid: own.kid, payload: { audience, timestamp: new Date(nowMs).toISOString(), view } }, own.signer)
}

/**
 * Checks who asks for a view, and that it is to us and now. That it counts once is the caller's to see to.
 *
 * @throws GatewayError `ERR_GATEWAY_MESSAGE`: malformed, old, not to us, or not signed by the counterpart's key; `ERR_GATEWAY_COUNTERPART`: not on the
 *   allow-list
 */
export async function verifyViewQuestion(message: string, counterparts: Counterparts, nowMs: number): Promise<ViewQuestion> {
  const jwt = parsed(message)
  const counterpart = await counterparts.find(didOfKid(jwt.kid ?? '') ?? '')
  if (counterpart === undefined) throw new GatewayError('ERR_GATEWAY_COUNTERPART', 'header.kid: expected the key of an allowed counterpart')
  await checkSignature(jwt, counterpart)
  const { audience, timestamp, view, ...others } = jwt.payload
  if (audience !== counterpart.own.did) throw refused('audience: expected this gateway')
  if (Math.abs(nowMs - timeOf(timestamp)) > questionMaxAgeMs) throw refused('timestamp: expected now')
  if (Object.keys(others).length > 0) throw refused('expected no other members')
  return { request: requestOf(view), counterpart }
}

function parsed(message: string): ParsedJwt {
  try {
    return parseJwt(message, { type: questionType })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refused('expected a signed question', cause)
  }
}

async function checkSignature(jwt: ParsedJwt, { kid, publicKey }: Counterpart): Promise<void> {
  if (jwt.kid !== kid) throw refused('header.kid: expected the key of the counterpart for us')
  try {
    await verifyJwt(jwt, publicKey)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refused("expected the signature of the counterpart's key", cause)
  }
}

function timeOf(timestamp: Json | undefined): number {
  try {
    return dateTimeToMs(typeof timestamp === 'string' ? timestamp : '')
  } catch (cause) {
    throw refused('timestamp: expected a time', cause)
  }
}

function requestOf(view: Json | undefined): ViewRequest {
  try {
    return readViewRequest(view)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw refused('view: expected network, address and nonce', cause)
  }
}

function refused(what: string, cause?: unknown): GatewayError {
  return new GatewayError('ERR_GATEWAY_MESSAGE', `question: ${what}`, cause === undefined ? undefined : { cause })
}
