import { bytesToBase64url, bytesToHex, canonicalJsonBytes, concatBytes, sha256 } from '@hufu/primitives'
import { sm2 } from 'sm-crypto-v2'
import { KeyError } from '../errors.ts'
import { jwkCoordinate } from '../jwk-coordinate.ts'
import { numberOf, sm2Curve } from './sm2-curve.ts'

declare const checked: unique symbol

/**
 * A public key of SM2 that its parser has checked to lie on the curve. A type of its own, not one of `PublicKey`: what takes keys of our own suites takes
 * none of SM2 by mistake.
 */
export interface Sm2PublicKey {
  readonly algorithm: 'SM2'
  /** 65 bytes, 4‖x‖y (GM/T 0009-2012 §7.1). */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly [checked]: true
}

/** Public members of a JSON Web Key. No registry has a name for the curve; `SM2` is ours. */
export interface Sm2PublicJwk {
  readonly kty: 'EC'
  readonly crv: 'SM2'
  readonly x: string
  readonly y: string
}

/** What comes before the point in a SubjectPublicKeyInfo: id-ecPublicKey with the curve 1.2.156.10197.1.301 (GM/T 0006-2012). */
const spkiPrefix = Uint8Array.of(
  ...[0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01],
  ...[0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d, 0x03, 0x42, 0x00],
)

const known = new Map<string, Sm2PublicKey>()
const maxKnown = 64

/**
 * Parses a public key of SM2. Only the uncompressed form is read: x alone can belong to a key of another curve too. The last 64 keys are kept, for what is made
 * ready to verify with a key takes several times as long as verifying.
 *
 * @param bytes - 65 bytes, 4‖x‖y
 * @throws KeyError `ERR_KEY_MALFORMED`: another form, or not on the curve
 */
export function parseSm2PublicKey(bytes: Uint8Array): Sm2PublicKey {
  const name = bytesToHex(bytes)
  const before = known.get(name)
  if (before !== undefined) return before
  if (bytes.length !== 65 || bytes[0] !== 4 || !isOnCurve(bytes))
    throw new KeyError('ERR_KEY_MALFORMED', 'public key is not a valid SM2 key')
  const key = Object.freeze({ algorithm: 'SM2', bytes: new Uint8Array(bytes) }) as Sm2PublicKey
  if (known.size >= maxKnown) known.delete(known.keys().next().value!)
  known.set(name, key)
  return key
}

function isOnCurve(point: Uint8Array): boolean {
  if (numberOf(point.subarray(1, 33)) >= sm2Curve.prime || numberOf(point.subarray(33)) >= sm2Curve.prime) return false
  try {
    return sm2.verifyPublicKey(bytesToHex(point))
  } catch {
    return false
  }
}

/** The public key as a JWK without `kid`, `use` or `alg`. */
export function sm2PublicKeyToJwk({ bytes }: Sm2PublicKey): Sm2PublicJwk {
  return { kty: 'EC', crv: 'SM2', x: bytesToBase64url(bytes.subarray(1, 33)), y: bytesToBase64url(bytes.subarray(33)) }
}

/**
 * Parses a public JWK of SM2; further members such as `kid` may stand beside, and `alg` only if it is `SM2SM3`.
 *
 * @throws KeyError `ERR_KEY_PRIVATE_MEMBER`: it holds `d`; `ERR_KEY_ALGORITHM`: another curve, type or algorithm; `ERR_KEY_MALFORMED`
 */
export function sm2PublicKeyFromJwk(jwk: unknown): Sm2PublicKey {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) throw new KeyError('ERR_KEY_MALFORMED', 'expected a JWK object')
  const { kty, crv, alg, x, y, d, k } = jwk as Record<string, unknown>
  if (d !== undefined || k !== undefined) throw new KeyError('ERR_KEY_PRIVATE_MEMBER', 'a public JWK must not hold private members')
  if (kty !== 'EC' || crv !== 'SM2' || (alg !== undefined && alg !== 'SM2SM3'))
    throw new KeyError('ERR_KEY_ALGORITHM', 'expected a JWK of curve SM2, and of the algorithm SM2SM3 if it names one')
  return parseSm2PublicKey(concatBytes(Uint8Array.of(4), jwkCoordinate(x), jwkCoordinate(y)))
}

/** SHA-256 thumbprint of the key's JWK in base64url (RFC 7638). */
export function sm2JwkThumbprint(key: Sm2PublicKey): string {
  return bytesToBase64url(sha256(canonicalJsonBytes(sm2PublicKeyToJwk(key))))
}

/** The key as SubjectPublicKeyInfo in DER: what stands in a PEM file of a public key. */
export function sm2PublicKeyToSpki({ bytes }: Sm2PublicKey): Uint8Array<ArrayBuffer> {
  return concatBytes(spkiPrefix, bytes)
}

/** Parses SubjectPublicKeyInfo in DER. @throws KeyError `ERR_KEY_ALGORITHM`: another kind of key or form; `ERR_KEY_MALFORMED` */
export function sm2PublicKeyFromSpki(der: Uint8Array): Sm2PublicKey {
  if (spkiPrefix.some((byte, index) => der[index] !== byte))
    throw new KeyError('ERR_KEY_ALGORITHM', 'expected a SubjectPublicKeyInfo of SM2')
  return parseSm2PublicKey(der.subarray(spkiPrefix.length))
}
