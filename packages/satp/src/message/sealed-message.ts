import { didOfKid, type ParsedJwt, parseJwt, signJwt, verifyJwt } from '@hufu/credentials'
import { bytesToBase64url, canonicalJsonBytes, errorCode } from '@hufu/primitives'
import type { Counterpart } from '../counterpart.ts'
import { SatpError } from '../errors.ts'
import { hashPayload } from './hash-payload.ts'
import type { SatpMessage } from './message.ts'
import { readPayload } from './read-payload.ts'
import { malformed } from './readers.ts'
import { writePayload } from './write-payload.ts'

const type = 'satp+jwt'
/** The draft asks for this one (§5.2), and none is negotiated. */
const algorithms = ['ES256'] as const

/** Longest message, in characters: a proof takes some thousands. */
const maxLength = 524_288

/** A message with its signature, as it travels. */
export interface SealedMessage {
  readonly message: SatpMessage
  /** SHA-256 of its payload: what the next message names. */
  readonly hash: string
  readonly text: string
}

/** One whose signature is not checked yet. */
export interface UncheckedMessage extends SealedMessage {
  /** DID URL of the key that it says it is signed with. */
  readonly kid: string
  /** DID of that key. */
  readonly from: string
  readonly jwt: ParsedJwt<'ES256'>
}

/** Signs a message with our key for a counterpart (§5.2): a JWS in compact form, ES256. */
export async function sealMessage(message: SatpMessage, { own }: Pick<Counterpart, 'own'>): Promise<SealedMessage> {
  const payload = writePayload(message)
  return { message, hash: hashPayload(payload), text: await signJwt({ type, kid: own.kid, payload }, own.signer) }
}

/**
 * Reads a message, strictly, without looking at its signature. Its JSON must be canonical (RFC 8785), so that nothing has two texts.
 *
 * @throws SatpError `ERR_SATP_MALFORMED`, `ERR_SATP_VERSION`
 */
export function openMessage(text: string): UncheckedMessage {
  if (text.length > maxLength) throw malformed('message', `at most ${maxLength} characters`)
  const jwt = parse(text)
  if (text.split('.', 2)[1] !== bytesToBase64url(canonicalJsonBytes(jwt.payload))) throw malformed('payload', 'canonical JSON')
  const from = jwt.kid === undefined ? undefined : didOfKid(jwt.kid)
  if (jwt.kid === undefined || from === undefined) throw malformed('header.kid', 'a DID URL')
  return { message: readPayload(jwt.payload), hash: hashPayload(jwt.payload), text, kid: jwt.kid, from, jwt }
}

function parse(text: string): ParsedJwt<'ES256'> {
  try {
    return parseJwt(text, { type, algorithms })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw malformed('message', 'a JWS in compact form, its header of algorithm, kid and type only', cause)
  }
}

/**
 * Checks that a message is a counterpart's, by the key that it has for us.
 *
 * @throws SatpError `ERR_SATP_SIGNER`: it names another key; `ERR_SATP_SIGNATURE`
 */
export async function verifyMessage(unchecked: UncheckedMessage, counterpart: Counterpart): Promise<SealedMessage> {
  if (unchecked.kid !== counterpart.kid) throw new SatpError('ERR_SATP_SIGNER', 'header.kid: expected the key of the counterpart for us')
  try {
    await verifyJwt(unchecked.jwt, counterpart.publicKey)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new SatpError('ERR_SATP_SIGNATURE', "signature: expected the counterpart's, over this message", { cause })
  }
  const { message, hash, text } = unchecked
  return { message, hash, text }
}
