import {
  type PublicKey,
  publicKeyFromJwk,
  publicKeyFromMultikey,
  type Secp256k1Key,
  secp256k1FromJwk,
  secp256k1FromMultikey,
} from '@hufu/keys'
import { errorCode, type Json } from '@hufu/primitives'
import type { VerificationPurpose } from '../did-document.ts'
import { DidError } from '../errors.ts'
import type { OtherDidDocument } from './did-driver.ts'

type Members = Readonly<Record<string, Json>>

/**
 * The key that a DID URL names, if the document lists it for that purpose and as its DID's own.
 *
 * @param didUrl - DID and fragment
 * @throws DidError `ERR_DID_KEY`: the document has no such key, or one of a kind that is not known here; `ERR_DID_KEY_PURPOSE`
 */
export function findOtherKey(document: OtherDidDocument, didUrl: string, purpose: VerificationPurpose): PublicKey | Secp256k1Key {
  if (!didUrl.startsWith(`${document.id}#`)) throw new DidError('ERR_DID_KEY', 'expected a key of this DID')
  const listed = listOf(document[purpose])
  const embedded = listed.find(item => idOf(item) === didUrl)
  const method = embedded ?? listOf(document.verificationMethod).find(item => idOf(item) === didUrl)
  if (method === undefined) throw new DidError('ERR_DID_KEY', 'the DID lists no such verification method')
  if (embedded === undefined && !listed.includes(didUrl))
    throw new DidError('ERR_DID_KEY_PURPOSE', `the verification method is not listed for ${purpose}`)
  return keyOf(method as Members, document.id)
}

function keyOf({ controller, publicKeyJwk, publicKeyMultibase }: Members, did: string): PublicKey | Secp256k1Key {
  if (controller !== did) throw new DidError('ERR_DID_KEY', 'expected a key that the DID itself controls')
  try {
    if (typeof publicKeyMultibase === 'string')
      return publicKeyMultibase.startsWith('zQ3s') ? secp256k1FromMultikey(publicKeyMultibase) : publicKeyFromMultikey(publicKeyMultibase)
    const isSecp256k1 = (publicKeyJwk as Members | undefined)?.crv === 'secp256k1'
    return isSecp256k1 ? secp256k1FromJwk(publicKeyJwk as Members) : publicKeyFromJwk(publicKeyJwk)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new DidError('ERR_DID_KEY', 'expected a key of P-256, Ed25519 or secp256k1', { cause })
  }
}

function listOf(json: Json | undefined): readonly Json[] {
  return Array.isArray(json) ? json : []
}

function idOf(json: Json): Json | undefined {
  return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Members).id : undefined
}
