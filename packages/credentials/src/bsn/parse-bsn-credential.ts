import { bsnCredentialText, bsnTimeToMs, errorCode, type FastjsonValue, parseFastjson } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'

/** A credential of BSN's DID service whose form has been checked. Its form is BSN's own, not that of the W3C. */
export interface BsnCredential {
  readonly id: string
  readonly issuerDid: string
  readonly userDid: string
  /** Number of the template (CPT) that it follows, in decimal digits. */
  readonly cptId: string
  readonly createdMs: number
  /** From then on it is over. */
  readonly expiresMs: number
  readonly claim: ReadonlyMap<string, FastjsonValue>
  readonly proof: { readonly creator: string; readonly signatureValue: string }
  /** What the proof signs. */
  readonly signedText: string
}

type Members = ReadonlyMap<string, FastjsonValue>

const maxLength = 65_536
const maxClaims = 256
const texts = ['context', 'id', 'type', 'issuerDid', 'userDid', 'expirationDate', 'created'] as const
const optionalTexts = ['shortDesc', 'longDesc'] as const
const didPattern = /^did:bsn:[1-9A-HJ-NP-Za-km-z]{20,28}$/

/**
 * Parses a credential of BSN's DID service, and writes what its issuer signed as the issuer's program wrote it.
 *
 * @param text - JSON. Spaces, and the order of what has one order only, mean nothing; numbers mean what they are written as
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED` naming the member, `ERR_CREDENTIAL_TOO_LARGE`
 */
export function parseBsnCredential(text: string): BsnCredential {
  if (text.length > maxLength) throw new CredentialError('ERR_CREDENTIAL_TOO_LARGE', `expected at most ${maxLength} characters`)
  const credential = membersOf(
    during('credential', 'JSON with unique names', () => parseFastjson(text)),
    'credential',
  )
  const known: readonly string[] = [...texts, ...optionalTexts, 'cptId', 'claim', 'proof']
  if ([...credential.keys()].some(name => !known.includes(name))) throw wrong('credential', `no members but ${known.join(', ')}`)
  const member = Object.fromEntries(texts.map(name => [name, textOf(credential, name)])) as Record<(typeof texts)[number], string>
  for (const name of ['issuerDid', 'userDid'] as const) if (!didPattern.test(member[name])) throw wrong(name, 'a DID of BSN')
  if (member.type !== 'Proof') throw wrong('type', 'Proof')
  const claim = membersOf(credential.get('claim') ?? null, 'claim')
  if (claim.size === 0 || claim.size > maxClaims) throw wrong('claim', `1 to ${maxClaims} claims`)
  if ([...claim.values()].includes(null)) throw wrong('claim', 'claims that say something')
  const cptId = cptIdOf(credential.get('cptId'))
  const described = optionalTexts.flatMap(name => {
    const text = credential.get(name) ?? null
    if (text !== null && typeof text !== 'string') throw wrong(name, 'text')
    return text === null ? [] : [[name, text] as const]
  })
  return {
    id: member.id,
    issuerDid: member.issuerDid,
    userDid: member.userDid,
    cptId,
    createdMs: during('created', 'a date and time', () => bsnTimeToMs(member.created)),
    expiresMs: during('expirationDate', 'a date, or a date and time', () => bsnTimeToMs(member.expirationDate)),
    claim,
    proof: proofOf(credential.get('proof')),
    signedText: during('claim', 'values that have one text', () =>
      bsnCredentialText({ ...member, ...Object.fromEntries(described), cptId, claim }),
    ),
  }
}

function proofOf(value: FastjsonValue | undefined): BsnCredential['proof'] {
  const proof = membersOf(value ?? null, 'proof')
  const [type, creator, signatureValue] = ['type', 'creator', 'signatureValue'].map(name => textOf(proof, name, 'proof.'))
  if (type !== 'Secp256k1') throw wrong('proof.type', 'Secp256k1')
  if (proof.size > 3) throw wrong('proof', 'no members but type, creator, signatureValue')
  return { creator: creator!, signatureValue: signatureValue! }
}

/** A `Long` of Java: signed as a number, though some programs send it as text. */
function cptIdOf(value: FastjsonValue | undefined): string {
  const digits = typeof value === 'object' && value !== null && 'literal' in value ? value.literal : value
  if (typeof digits !== 'string' || !/^[1-9]\d{0,18}$/.test(digits)) throw wrong('cptId', 'a whole number')
  return digits
}

function textOf(members: Members, name: string, prefix = ''): string {
  const value = members.get(name)
  if (typeof value !== 'string' || value === '') throw wrong(`${prefix}${name}`, 'text')
  return value
}

function membersOf(value: FastjsonValue, path: string): Members {
  if (!(value instanceof Map)) throw wrong(path, 'an object')
  return value
}

function during<Value>(path: string, expected: string, work: () => Value): Value {
  try {
    return work()
  } catch (cause) {
    if (errorCode(cause)?.startsWith('ERR_ENCODING_') !== true) throw cause
    throw new CredentialError('ERR_CREDENTIAL_MALFORMED', `${path}: expected ${expected}`, { cause })
  }
}

function wrong(path: string, expected: string): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_MALFORMED', `${path}: expected ${expected}`)
}
