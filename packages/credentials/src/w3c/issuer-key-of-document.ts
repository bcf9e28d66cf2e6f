import { joseAlgorithm, type PublicKey, publicKeyFromJwk, publicKeyFromMultikey } from '@hufu/keys'
import { errorCode } from '@hufu/primitives'
import { type AcceptedAlgorithms, type AnyIssuerKey, partnerSuitesOf } from '../jose/partner-suite.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import type { IssuerKey } from '../lookups.ts'
import type { Evidence } from '../receipt.ts'

/**
 * Finds the key `kid` in a partner's DID document, of whichever method, if the document lists it for issuing. The document decides what kind of key it is, and only
 * keys of algorithms that are accepted are found.
 *
 * @param document - as resolved for `issuer`; how it was come by is the caller's part, and `evidence` tells
 * @returns null if the document is another's, or does not list such a key once, as its own, for `assertionMethod`, and in a form that is known
 */
export function issuerKeyOfDocument(
  document: unknown,
  { issuer, kid }: { issuer: string; kid: string },
  algorithms: AcceptedAlgorithms,
  evidence: Evidence = {},
): IssuerKey<AnyIssuerKey> | null {
  if (!isJsonObject(document) || document.id !== issuer) return null
  const isNamed = (id: unknown) => typeof id === 'string' && (id === kid || `${issuer}${id}` === kid)
  const listed = listOf(document.assertionMethod).filter(item => isNamed(isJsonObject(item) ? item.id : item))
  const methods = [...listOf(document.verificationMethod), ...listed].filter(
    (item): item is JsonObject => isJsonObject(item) && isNamed(item.id),
  )
  const [method] = methods
  if (listed.length !== 1 || method === undefined || methods.length !== 1 || method.controller !== issuer) return null
  const publicKey = keyOf(method, algorithms)
  return publicKey === undefined ? null : { controller: issuer, publicKey, evidence }
}

function isAccepted({ algorithm }: PublicKey, algorithms: AcceptedAlgorithms): boolean {
  return algorithms.includes(joseAlgorithm[algorithm])
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function keyOf({ publicKeyJwk: jwk, publicKeyMultibase: multikey }: JsonObject, algorithms: AcceptedAlgorithms): AnyIssuerKey | undefined {
  // Two forms could hold two keys.
  if ((jwk === undefined) === (multikey === undefined)) return undefined
  try {
    if (isJsonObject(jwk) && jwk.crv === 'SM2') return partnerSuitesOf(algorithms)[0]?.keyFromJwk(jwk)
    const key = typeof multikey === 'string' ? publicKeyFromMultikey(multikey) : publicKeyFromJwk(jwk)
    return isAccepted(key, algorithms) ? key : undefined
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}
