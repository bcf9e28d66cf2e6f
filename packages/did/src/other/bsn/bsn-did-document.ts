import { isBsnSignatureValid, type Secp256k1Key, secp256k1FromDecimal } from '@hufu/keys'
import { bsnDidOf, bsnDocumentText, bsnTimeToMs, errorCode, type FastjsonValue } from '@hufu/primitives'
import { DidError } from '../../errors.ts'

/** A document of BSN's DID service whose keys and proof have been checked. Its form is BSN's own, not that of DID Core. */
export interface BsnDidDocument {
  readonly did: string
  readonly version: string
  readonly createdMs: number
  readonly updatedMs: number
  /** Signs for the DID. */
  readonly authentication: Secp256k1Key
  /** May replace the one that signs, and nothing else. */
  readonly recovery: Secp256k1Key
  /** The DID is the hash of these very keys. No longer so once the first one was replaced; then the service alone says whose the new one is. */
  readonly isIdentifierOfKeys: boolean
}

type Members = ReadonlyMap<string, FastjsonValue>

const didPattern = /^did:bsn:[1-9A-HJ-NP-Za-km-z]{20,28}$/

/** @throws DidError `ERR_DID_SYNTAX` */
export function checkBsnDid(did: string): void {
  if (!didPattern.test(did)) throw new DidError('ERR_DID_SYNTAX', 'expected did:bsn and a hash of 20 bytes in base58btc')
}

/**
 * Parses the document that the service gave for a DID.
 *
 * @throws DidError `ERR_DID_DOCUMENT`: of another DID, not of BSN's form, a key that is none, a proof that does not hold, or one that was never changed
 *   and whose keys do not give the DID
 */
export function parseBsnDidDocument(value: FastjsonValue, did: string): BsnDidDocument {
  const document = membersOf(value, 'document')
  const texts = textsOf(document, 'document', ['did', 'version', 'created', 'updated'])
  if (texts.did !== did) throw wrong('did', 'the DID that was asked for')
  const authentication = parseKey(document.get('authentication'), 'authentication')
  const recovery = parseKey(document.get('recovery'), 'recovery')
  const proof = textsOf(document.get('proof'), 'proof', ['type', 'creator', 'signatureValue'])
  if (proof.type !== 'Secp256k1') throw wrong('proof.type', 'Secp256k1')
  if (proof.creator !== did) throw wrong('proof.creator', 'the DID itself')
  const keys = { authentication: authentication.text, recovery: recovery.text }
  const signed = bsnDocumentText({ did, version: texts.version!, created: texts.created!, updated: texts.updated!, ...keys })
  if (!isBsnSignatureValid(authentication.key, signed, proof.signatureValue!))
    throw wrong('proof.signatureValue', 'a signature over this document by its key')
  const isIdentifierOfKeys = bsnDidOf(keys) === did
  if (texts.created === texts.updated && !isIdentifierOfKeys) throw wrong('authentication', 'the keys that the DID is the hash of')
  return {
    did,
    version: texts.version!,
    createdMs: timeOf(texts.created!, 'created'),
    updatedMs: timeOf(texts.updated!, 'updated'),
    authentication: authentication.key,
    recovery: recovery.key,
    isIdentifierOfKeys,
  }
}

function parseKey(value: FastjsonValue | undefined, path: string): { readonly key: Secp256k1Key; readonly text: string } {
  const { type, publicKey } = textsOf(value, path, ['type', 'publicKey'])
  if (type !== 'Secp256k1') throw wrong(`${path}.type`, 'Secp256k1')
  try {
    return { key: secp256k1FromDecimal(publicKey!), text: publicKey! }
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_DOCUMENT', `${path}.publicKey: expected a point of secp256k1 in decimal digits`, { cause })
  }
}

function timeOf(text: string, path: string): number {
  try {
    return bsnTimeToMs(text)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_DOCUMENT', `${path}: expected a date and time`, { cause })
  }
}

function textsOf(value: FastjsonValue | undefined, path: string, names: readonly string[]): Readonly<Record<string, string>> {
  const members = membersOf(value ?? null, path)
  return Object.fromEntries(
    names.map(name => {
      const text = members.get(name)
      if (typeof text !== 'string' || text === '') throw wrong(`${path}.${name}`, 'text')
      return [name, text]
    }),
  )
}

function membersOf(value: FastjsonValue, path: string): Members {
  if (!(value instanceof Map)) throw wrong(path, 'an object')
  return value
}

function wrong(path: string, expected: string): DidError {
  return new DidError('ERR_DID_DOCUMENT', `${path}: expected ${expected}`)
}
