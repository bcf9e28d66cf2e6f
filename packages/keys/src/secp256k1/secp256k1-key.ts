import { base58ToBytes, bytesToBase58, bytesToBase64url, concatBytes, hexToBytes, keccak256 } from '@hufu/primitives'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { KeyError } from '../errors.ts'
import { jwkCoordinate } from '../jwk-coordinate.ts'

declare const checked: unique symbol

/** A public key of secp256k1, on the curve. Ethereum's curve and BSN's: keys of others only, we sign with it nowhere. */
export interface Secp256k1Key {
  readonly algorithm: 'secp256k1'
  /** 33 bytes, compressed (SEC 1 §2.3.3). */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly [checked]: true
}

/** Public members of its JSON Web Key (RFC 8812 §3.1). */
export interface Secp256k1Jwk {
  readonly kty: 'EC'
  readonly crv: 'secp256k1'
  readonly x: string
  readonly y: string
}

/** Multicodec `secp256k1-pub`. */
const multicodec = Uint8Array.of(0xe7, 0x01)

/**
 * Parses a public key: 33 bytes compressed, 65 bytes `4‖x‖y`, or 64 bytes `x‖y`.
 *
 * @throws KeyError `ERR_KEY_MALFORMED`: of another length, or not on the curve
 */
export function parseSecp256k1Key(bytes: Uint8Array): Secp256k1Key {
  const encoded = bytes.length === 64 ? concatBytes(Uint8Array.of(4), bytes) : bytes
  try {
    const point = secp256k1.Point.fromBytes(encoded)
    point.assertValidity()
    return Object.freeze({ algorithm: 'secp256k1', bytes: new Uint8Array(point.toBytes(true)) }) as Secp256k1Key
  } catch (cause) {
    throw new KeyError('ERR_KEY_MALFORMED', 'public key is not a valid secp256k1 key', { cause })
  }
}

/** BSN's form: `x‖y` as one number in decimal digits. @throws KeyError `ERR_KEY_MALFORMED` */
export function secp256k1FromDecimal(text: string): Secp256k1Key {
  const number = /^[1-9]\d{0,154}$/.test(text) ? BigInt(text) : undefined
  if (number === undefined || number >> 512n > 0n) throw new KeyError('ERR_KEY_MALFORMED', 'expected a public key in decimal digits')
  return parseSecp256k1Key(hexToBytes(number.toString(16).padStart(128, '0')))
}

/** As {@link secp256k1FromDecimal} reads it. */
export function secp256k1ToDecimal(key: Secp256k1Key): string {
  const { x, y } = secp256k1.Point.fromBytes(key.bytes).toAffine()
  return String((x << 256n) | y)
}

/** Ethereum's address of the key, 20 bytes: the end of the Keccak-256 of x‖y. */
export function ethereumAddressOf(key: Secp256k1Key): Uint8Array<ArrayBuffer> {
  return keccak256(secp256k1.Point.fromBytes(key.bytes).toBytes(false).subarray(1)).slice(12)
}

/** The key as a JWK without `kid`, `use` or `alg`. */
export function secp256k1ToJwk(key: Secp256k1Key): Secp256k1Jwk {
  const point = secp256k1.Point.fromBytes(key.bytes).toBytes(false)
  return { kty: 'EC', crv: 'secp256k1', x: bytesToBase64url(point.subarray(1, 33)), y: bytesToBase64url(point.subarray(33)) }
}

/** @throws KeyError `ERR_KEY_PRIVATE_MEMBER`: it holds `d`; `ERR_KEY_ALGORITHM`: of another curve; `ERR_KEY_MALFORMED` */
export function secp256k1FromJwk(jwk: Readonly<Record<string, unknown>>): Secp256k1Key {
  const { kty, crv, x, y, d } = jwk
  if (d !== undefined) throw new KeyError('ERR_KEY_PRIVATE_MEMBER', 'a public JWK must not hold private members')
  if (kty !== 'EC' || crv !== 'secp256k1') throw new KeyError('ERR_KEY_ALGORITHM', 'expected a JWK of curve secp256k1')
  const [xBytes, yBytes] = [jwkCoordinate(x), jwkCoordinate(y)]
  return parseSecp256k1Key(concatBytes(xBytes, yBytes))
}

/** Multikey text, `zQ3s…`. */
export function secp256k1ToMultikey(key: Secp256k1Key): string {
  return `z${bytesToBase58(concatBytes(multicodec, key.bytes))}`
}

/** @throws KeyError `ERR_KEY_MALFORMED`, `ERR_KEY_ALGORITHM` */
export function secp256k1FromMultikey(text: string): Secp256k1Key {
  if (!/^z[1-9A-HJ-NP-Za-km-z]{40,60}$/.test(text)) throw new KeyError('ERR_KEY_MALFORMED', 'expected a base58btc Multikey')
  const bytes = base58ToBytes(text.slice(1))
  if (bytes[0] !== multicodec[0] || bytes[1] !== multicodec[1]) throw new KeyError('ERR_KEY_ALGORITHM', 'expected a Multikey of secp256k1')
  if (bytes.length !== 35) throw new KeyError('ERR_KEY_MALFORMED', 'expected a compressed key')
  return parseSecp256k1Key(bytes.subarray(2))
}
