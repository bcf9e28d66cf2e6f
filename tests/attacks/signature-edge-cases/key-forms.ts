import { bytesToBase64url, concatBytes } from '@hufu/primitives'
import { p256 } from '@noble/curves/nist.js'
import { secp256k1 } from '@noble/curves/secp256k1.js'
import { bytes32, type Curve, liftFrom } from './ecdsa-cases.ts'

/** Bytes that are no public key of a curve, though some reader takes each for one. */
export function notPoints(curve: Curve): readonly (readonly [name: string, bytes: Uint8Array])[] {
  const prime = curve.Point.Fp.ORDER
  const small = liftFrom(curve, 1n)
  const { x, y } = small.toAffine()
  const compressed = small.toBytes(true)
  const uncompressed = small.toBytes(false)
  const noPoint = xOfNoPoint(curve)
  return [
    ['nothing', new Uint8Array(0)],
    ['infinity', Uint8Array.of(0)],
    ['infinity, filled up', new Uint8Array(33)],
    ['infinity, filled up to a whole point', new Uint8Array(65)],
    ['zero behind 4', Uint8Array.of(4, ...new Uint8Array(64))],
    ['an x without a point', concatBytes(Uint8Array.of(2), bytes32(noPoint))],
    ['x not reduced', concatBytes(Uint8Array.of(2), bytes32(x + prime))],
    ['x of the prime', concatBytes(Uint8Array.of(2), bytes32(prime))],
    ['x of ones', concatBytes(Uint8Array.of(3), new Uint8Array(32).fill(0xff))],
    ...[0x00, 0x01, 0x04, 0x05, 0x06, 0x07, 0xff].map(
      prefix => [`compressed, with ${prefix} in front`, compressed.with(0, prefix)] as const,
    ),
    ...[0x02, 0x03, 0x05].map(prefix => [`whole, with ${prefix} in front`, uncompressed.with(0, prefix)] as const),
    ['hybrid', uncompressed.with(0, 6 + Number(y & 1n))],
    ['hybrid, of the other y', uncompressed.with(0, 7 - Number(y & 1n))],
    ['whole, y one more', concatBytes(Uint8Array.of(4), bytes32(x), bytes32(y + 1n))],
    ['whole, x and y exchanged', concatBytes(Uint8Array.of(4), bytes32(y), bytes32(x))],
    ['whole, x not reduced', concatBytes(Uint8Array.of(4), bytes32(x + prime), bytes32(y))],
    ['one byte less', compressed.subarray(0, -1)],
    ['one byte more', concatBytes(compressed, Uint8Array.of(0))],
    ['whole, one byte less', uncompressed.subarray(0, -1)],
    ['whole, one byte more', concatBytes(uncompressed, Uint8Array.of(0))],
  ]
}

/** JWKs that are no public key of P-256 and secp256k1 (RFC 7518 §6.2), by what is wrong with them; `good` is one. */
export function notJwks(
  crv: 'P-256' | 'secp256k1' | 'SM2',
  good: { readonly x: string; readonly y: string },
): readonly (readonly [string, unknown])[] {
  const jwk = { kty: 'EC', crv, ...good }
  const xBytes = Uint8Array.from(Buffer.from(good.x, 'base64url'))
  const curve = { 'P-256': p256, secp256k1, SM2: undefined }[crv]
  const small = curve === undefined ? undefined : liftFrom(curve, 1n).toAffine()
  const notReduced =
    curve === undefined || small === undefined
      ? []
      : ([
          [
            'x not reduced',
            { ...jwk, x: bytesToBase64url(bytes32(small.x + curve.Point.Fp.ORDER)), y: bytesToBase64url(bytes32(small.y)) },
          ],
        ] as const)
  return [
    ['null', null],
    ['a text', good.x],
    ['a list', [jwk]],
    ['without kty', { ...jwk, kty: undefined }],
    ['of OKP', { ...jwk, kty: 'OKP' }],
    ['of RSA', { ...jwk, kty: 'RSA' }],
    ['of oct', { kty: 'oct', k: good.x }],
    ['kty in lower case', { ...jwk, kty: 'ec' }],
    ['without crv', { ...jwk, crv: undefined }],
    ...['P-384', 'p-256', 'Ed25519', 'X25519', crv === 'P-256' ? 'secp256k1' : 'P-256'].map(
      other => [`of ${other}`, { ...jwk, crv: other }] as const,
    ),
    ['private', { ...jwk, d: good.x }],
    ['with d that is null', { ...jwk, d: null }],
    ['without x', { ...jwk, x: undefined }],
    ['without y', { ...jwk, y: undefined }],
    ['x a number', { ...jwk, x: 1 }],
    ['x a list', { ...jwk, x: [good.x] }],
    ['x empty', { ...jwk, x: '' }],
    ['x of 31 bytes', { ...jwk, x: bytesToBase64url(xBytes.subarray(1)) }],
    ['x of 33 bytes, a zero in front', { ...jwk, x: bytesToBase64url(concatBytes(Uint8Array.of(0), xBytes)) }],
    ['x of 33 bytes, a zero behind', { ...jwk, x: bytesToBase64url(concatBytes(xBytes, Uint8Array.of(0))) }],
    ['x with padding', { ...jwk, x: `${good.x}=` }],
    ['x with a space', { ...jwk, x: ` ${good.x}` }],
    ['x with stray bits', { ...jwk, x: `${good.x.slice(0, -1)}${String.fromCharCode(good.x.charCodeAt(42) + 1)}` }],
    ['x in hexadecimal', { ...jwk, x: Buffer.from(xBytes).toString('hex') }],
    ['x of zeros', { ...jwk, x: bytesToBase64url(new Uint8Array(32)) }],
    ['x and y of zeros', { ...jwk, x: bytesToBase64url(new Uint8Array(32)), y: bytesToBase64url(new Uint8Array(32)) }],
    ['x of ones', { ...jwk, x: bytesToBase64url(new Uint8Array(32).fill(0xff)) }],
    ['x and y exchanged', { ...jwk, x: good.y, y: good.x }],
    ['y of x', { ...jwk, y: good.x }],
    ...notReduced,
  ]
}

function xOfNoPoint(curve: Curve): bigint {
  for (let x = 1n; ; x++) if (liftFrom(curve, x).toAffine().x !== x) return x
}
