import { base58ToBytes, bytesToBase58, bytesToBase64url, bytesToHex, canonicalJsonBytes, concatBytes, sha256 } from '@hufu/primitives'
import { ed25519 } from '@noble/curves/ed25519.js'
import { p256 } from '@noble/curves/nist.js'
import { type KeyAlgorithm, publicKeyLength } from './algorithm.ts'
import { KeyError } from './errors.ts'
import { jwkCoordinate } from './jwk-coordinate.ts'

declare const checked: unique symbol

/** A public key that its parser has checked to lie on its curve. */
export interface PublicKey {
  readonly algorithm: KeyAlgorithm
  /** P-256: 33 bytes, compressed (SEC 1 §2.3.3). Ed25519: 32 bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly [checked]: true
}

/** Public members of a JSON Web Key (RFC 7517) for the two suites. */
export type PublicJwk =
  | { readonly kty: 'EC'; readonly crv: 'P-256'; readonly x: string; readonly y: string }
  | { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string }

/** Multicodec prefixes of Multikey (W3C Controlled Identifiers §2.2.2). */
const multicodec: Readonly<Record<KeyAlgorithm, readonly [number, number]>> = { 'P-256': [0x80, 0x24], Ed25519: [0xed, 0x01] }

const known = new Map<string, PublicKey>()
const maxKnown = 4096

/**
 * Parses a public key. Checking a point is dear, and the same few keys come again and again, so the last 4,096 are kept.
 *
 * @throws KeyError `ERR_KEY_MALFORMED`: wrong length, not on the curve, or (Ed25519) of small order
 */
export function parsePublicKey(algorithm: KeyAlgorithm, bytes: Uint8Array): PublicKey {
  return remembered(algorithm, bytes, () => bytes.length === publicKeyLength[algorithm] && isOnCurve(algorithm, bytes))
}

function remembered(algorithm: KeyAlgorithm, bytes: Uint8Array, isValid: () => boolean): PublicKey {
  const name = `${algorithm}:${bytesToHex(bytes)}`
  const before = known.get(name)
  if (before !== undefined) return before
  if (!isValid()) throw new KeyError('ERR_KEY_MALFORMED', `public key is not a valid ${algorithm} key`)
  const key = Object.freeze({ algorithm, bytes: new Uint8Array(bytes) }) as PublicKey
  if (known.size >= maxKnown) known.delete(known.keys().next().value!)
  known.set(name, key)
  return key
}

function isOnCurve(algorithm: KeyAlgorithm, bytes: Uint8Array): boolean {
  try {
    if (algorithm === 'P-256') {
      p256.Point.fromBytes(bytes).assertValidity()
      return true
    }
    return !ed25519.Point.fromBytes(bytes, false).isSmallOrder()
  } catch {
    return false
  }
}

/** The public key as a JWK without `kid`, `use` or `alg`. */
export function publicKeyToJwk(key: PublicKey): PublicJwk {
  if (key.algorithm === 'Ed25519') return { kty: 'OKP', crv: 'Ed25519', x: bytesToBase64url(key.bytes) }
  const point = publicKeyToRaw(key)
  return { kty: 'EC', crv: 'P-256', x: bytesToBase64url(point.subarray(1, 33)), y: bytesToBase64url(point.subarray(33)) }
}

/**
 * Parses a public JWK; further members such as `kid` and `use` may stand beside.
 *
 * @throws KeyError `ERR_KEY_PRIVATE_MEMBER`: it holds `d`; `ERR_KEY_ALGORITHM`: another curve or type; `ERR_KEY_MALFORMED`
 */
export function publicKeyFromJwk(jwk: unknown): PublicKey {
  if (typeof jwk !== 'object' || jwk === null || Array.isArray(jwk)) throw new KeyError('ERR_KEY_MALFORMED', 'expected a JWK object')
  const { kty, crv, x, y, d, k } = jwk as Record<string, unknown>
  if (d !== undefined || k !== undefined) throw new KeyError('ERR_KEY_PRIVATE_MEMBER', 'a public JWK must not hold private members')
  if (kty === 'OKP' && crv === 'Ed25519') return parsePublicKey('Ed25519', jwkCoordinate(x))
  if (kty === 'EC' && crv === 'P-256') {
    const xBytes = jwkCoordinate(x)
    const yBytes = jwkCoordinate(y)
    const point = concatBytes(Uint8Array.of(4), xBytes, yBytes)
    if (!isOnCurve('P-256', point)) throw new KeyError('ERR_KEY_MALFORMED', 'JWK point is not on P-256')
    const key = remembered('P-256', concatBytes(Uint8Array.of(yBytes[31]! % 2 === 0 ? 2 : 3), xBytes), () => true)
    points.set(key, point)
    return key
  }
  throw new KeyError('ERR_KEY_ALGORITHM', 'expected a JWK of curve P-256 or Ed25519')
}

/** Points with both coordinates: finding y again from x is a hundred times dearer than checking it. */
const points = new WeakMap<PublicKey, Uint8Array<ArrayBuffer>>()

/** The key as WebCrypto's `raw` format has it. P-256: 65 bytes, 4‖x‖y (SEC 1 §2.3.3). Ed25519: 32 bytes. */
export function publicKeyToRaw(key: PublicKey): Uint8Array<ArrayBuffer> {
  if (key.algorithm === 'Ed25519') return key.bytes
  let point = points.get(key)
  if (point === undefined) {
    point = p256.Point.fromBytes(key.bytes).toBytes(false) as Uint8Array<ArrayBuffer>
    points.set(key, point)
  }
  return point
}

/** The key as Multikey text: `z` and base58 of multicodec prefix and key (`zDn…` for P-256, `z6Mk…` for Ed25519). */
export function publicKeyToMultikey(key: PublicKey): string {
  return `z${bytesToBase58(concatBytes(Uint8Array.from(multicodec[key.algorithm]), key.bytes))}`
}

/** Parses Multikey text. @throws KeyError `ERR_KEY_MALFORMED`, `ERR_KEY_ALGORITHM` */
export function publicKeyFromMultikey(text: string): PublicKey {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{40,60}$/.test(text)) throw new KeyError('ERR_KEY_MALFORMED', 'expected a base58btc Multikey')
  const bytes = base58ToBytes(text.slice(1))
  for (const algorithm of ['P-256', 'Ed25519'] as const) {
    const [first, second] = multicodec[algorithm]
    if (bytes[0] === first && bytes[1] === second) return parsePublicKey(algorithm, bytes.subarray(2))
  }
  throw new KeyError('ERR_KEY_ALGORITHM', 'expected a Multikey of P-256 or Ed25519')
}

/** SHA-256 thumbprint of the key's JWK in base64url (RFC 7638). */
export function jwkThumbprint(key: PublicKey): string {
  return bytesToBase64url(sha256(canonicalJsonBytes(publicKeyToJwk(key))))
}
