import { type AssurancePolicy, type ChainProof, requireAssurance, type View, type ViewAddress } from '@hufu/chains'
import { didOfKid, parseJwt, signJwt, verifyJwt } from '@hufu/credentials'
import { bytesToBase64url, type Clock, canonicalJson, canonicalJsonBytes, dateTimeToMs, errorCode } from '@hufu/primitives'
import type { Counterpart } from '../counterpart.ts'
import { SatpError } from '../errors.ts'
import { constant, did, label, malformed, members, network, type Reader, text, time } from '../message/readers.ts'

/** Form and version of a signed view. A profile of our own: the drafts on views are no working group's. */
const format = 'hufu-view/1'
const type = 'hufu-view+jwt'
const maxLength = 524_288

/** What is asked of another gateway: a read of a chain, with proof. */
export interface ViewRequest {
  readonly network: View['network']
  readonly address: ViewAddress
  /** Drawn by who asks, never twice: 16 to 64 characters of base64url. Shows that the answer was not made before the question. */
  readonly nonce: string
}

/** What a gateway answered, its signature and the proof within found true. */
export interface SignedView {
  /** What the proof shows. */
  readonly view: View
  readonly proof: ChainProof
  /** DID of the gateway that answered, and when by its clock: milliseconds since 1970. */
  readonly gateway: string
  readonly signedAtMs: number
}

interface ViewPayload {
  readonly format: string
  readonly network: View['network']
  readonly address: ViewAddress
  readonly nonce: string
  /** DID of who asked. */
  readonly audience: string
  readonly timestamp: string
  readonly proof: ChainProof
}

const pathPart = text(/^[^\p{Cc}\p{Cs}]{0,512}$/u, 'at most 512 characters')
const path: Reader<readonly string[]> = (json, at) => {
  if (!Array.isArray(json) || json.length > 32) throw malformed(at, 'a list of at most 32')
  return json.map((part, index) => pathPart(part, `${at}[${index}]`))
}
const address = members<ViewAddress>({ contract: label, path })
const nonce = text(/^[A-Za-z0-9_-]{16,64}$/, '16 to 64 characters of base64url')

const readPayload = members<ViewPayload>({
  format: constant(format),
  network,
  address,
  nonce,
  audience: did,
  timestamp: time,
  proof: members<ChainProof>({ format: label, network, evidence: json => json }),
})

/** Reads what somebody asks for. @throws SatpError `ERR_SATP_MALFORMED` */
export function readViewRequest(json: unknown): ViewRequest {
  return members<ViewRequest>({ network, address, nonce })(json, 'view')
}

/** Signs a read and its proof for a counterpart that asked: a JWS in compact form, ES256, by our key for it. */
export function signView(
  { network: ofNetwork, address: at, nonce: of }: ViewRequest,
  proof: ChainProof,
  { did: audience, own }: Counterpart,
  clock: Clock,
): Promise<string> {
  const timestamp = new Date(clock.nowMs()).toISOString()
  const payload: ViewPayload = { format, network: ofNetwork, address: at, nonce: of, audience, timestamp, proof }
  return signJwt({ type, kid: own.kid, payload: { ...payload } }, own.signer)
}

/**
 * Checks what a counterpart answered: its signature, that it answers this question and no other, that it is fresh, and the proof, which is what is believed.
 *
 * @param options.verify - checks a proof of the network offline, trusting only its anchor (`ChainAdapter.verify`)
 * @param options.maxAgeMs - how old the answer may be; as much is allowed for clocks that are ahead
 * @throws SatpError `ERR_SATP_MALFORMED`; `ERR_SATP_SIGNER`, `ERR_SATP_SIGNATURE`; `ERR_SATP_VIEW`: of another question, network or audience, or old
 * @throws ChainError `ERR_CHAIN_PROOF`; `ERR_CHAIN_ASSURANCE`: less well founded than asked for
 */
export async function verifyView(
  signed: string,
  options: {
    readonly request: ViewRequest
    readonly counterpart: Counterpart
    readonly verify: (proof: ChainProof) => Promise<View>
    readonly minAssurance: AssurancePolicy
    readonly clock: Clock
    readonly maxAgeMs: number
  },
): Promise<SignedView> {
  const { request, counterpart } = options
  const payload = await openView(signed, counterpart)
  const asked = { network: request.network, address: request.address, nonce: request.nonce }
  const answered = { network: payload.network, address: payload.address, nonce: payload.nonce }
  if (canonicalJson(answered) !== canonicalJson(asked)) throw wrong('view: expected an answer to this question')
  if (payload.audience !== counterpart.own.did) throw wrong('audience: expected who asked')
  const signedAtMs = dateTimeToMs(payload.timestamp)
  if (Math.abs(options.clock.nowMs() - signedAtMs) > options.maxAgeMs) throw wrong('timestamp: expected a fresh answer')
  const view = await options.verify(payload.proof)
  if (view.network !== request.network || canonicalJson(view.address) !== canonicalJson(request.address))
    throw wrong('proof: expected one of what was asked')
  requireAssurance(view.assurance, options.minAssurance)
  return { view, proof: payload.proof, gateway: counterpart.did, signedAtMs }
}

async function openView(signed: string, counterpart: Counterpart): Promise<ViewPayload> {
  if (signed.length > maxLength) throw new SatpError('ERR_SATP_MALFORMED', `view: expected at most ${maxLength} characters`)
  try {
    const jwt = parseJwt(signed, { type, algorithms: ['ES256'] })
    if (signed.split('.', 2)[1] !== bytesToBase64url(canonicalJsonBytes(jwt.payload)))
      throw new SatpError('ERR_SATP_MALFORMED', 'view: expected canonical JSON')
    if (jwt.kid !== counterpart.kid || didOfKid(jwt.kid) !== counterpart.did)
      throw new SatpError('ERR_SATP_SIGNER', 'header.kid: expected the key of the counterpart for us')
    await verifyJwt(jwt, counterpart.publicKey)
    return readPayload(jwt.payload, 'view')
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined || code.startsWith('ERR_SATP_')) throw error
    throw new SatpError(
      code === 'ERR_CREDENTIAL_SIGNATURE' ? 'ERR_SATP_SIGNATURE' : 'ERR_SATP_MALFORMED',
      'view: expected a JWS of the counterpart',
      {
        cause: error,
      },
    )
  }
}

function wrong(message: string): SatpError {
  return new SatpError('ERR_SATP_VIEW', message)
}
