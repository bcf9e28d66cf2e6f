import { publicKeyFromJwk, secp256k1FromJwk } from '@hufu/keys'
import { base64urlToBytes, bytesToUtf8, errorCode, type Json, parseJson } from '@hufu/primitives'
import { DidError } from '../../errors.ts'
import type { DidDriver } from '../did-driver.ts'
import { selfCertified } from './self-certified.ts'

type Jwk = Readonly<Record<string, Json>>

const maxLength = 1024
const allPurposes = ['authentication', 'assertionMethod', 'keyAgreement', 'capabilityInvocation', 'capabilityDelegation']

/**
 * `did:jwk`: a DID that is its public JWK, of P-256, Ed25519, secp256k1, or X25519, which only agrees on keys.
 *
 * @see https://github.com/quartzjer/did-jwk/blob/main/spec.md
 */
export function didJwkDriver(): DidDriver {
  return {
    method: 'jwk',
    version: 1,
    isLocal: true,
    async resolve(did) {
      const jwk = parseJwk(did.slice('did:jwk:'.length))
      const id = `${did}#0`
      return selfCertified({
        id: did,
        verificationMethod: [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: jwk }],
        ...Object.fromEntries(purposesOf(jwk).map(purpose => [purpose, [id]])),
      })
    },
  }
}

/** `use` says whether the key is for signatures or for agreeing on keys; Ed25519 and X25519 do only one of both. */
function purposesOf({ use, crv }: Jwk): readonly string[] {
  if (use === 'enc' || crv === 'X25519') return ['keyAgreement']
  return allPurposes.filter(purpose => purpose !== 'keyAgreement' || (use !== 'sig' && crv !== 'Ed25519'))
}

function parseJwk(text: string): Jwk {
  const jwk = decode(text)
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) throw malformed()
  const members = jwk as Jwk
  if (members.d !== undefined || members.k !== undefined) throw new DidError('ERR_DID_SYNTAX', 'expected no private key in a DID')
  try {
    checkKey(members)
  } catch (cause) {
    const code = errorCode(cause)
    if (code === undefined) throw cause
    if (code === 'ERR_KEY_ALGORITHM')
      throw new DidError('ERR_DID_FEATURE', 'expected a key of P-256, Ed25519, secp256k1 or X25519', { cause })
    throw malformed(cause)
  }
  return members
}

function checkKey(jwk: Jwk): void {
  if (jwk.crv === 'secp256k1') secp256k1FromJwk(jwk)
  else if (jwk.kty === 'OKP' && jwk.crv === 'X25519') {
    if (typeof jwk.x !== 'string' || base64urlToBytes(jwk.x).length !== 32) throw malformed()
  } else publicKeyFromJwk(jwk)
}

function decode(text: string): Json {
  if (text.length > maxLength) throw malformed()
  try {
    return parseJson(bytesToUtf8(base64urlToBytes(text)), { maxLength, maxDepth: 4 })
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw malformed(cause)
  }
}

function malformed(cause?: unknown): DidError {
  return new DidError('ERR_DID_SYNTAX', 'expected did:jwk and base64url of a public JWK', cause === undefined ? {} : { cause })
}
