import { createHash } from 'node:crypto'
import { concatBytes } from '@hufu/primitives'
import { ed25519 } from '@noble/curves/ed25519.js'

const { Point } = ed25519
const { Fn } = Point
type Ours = typeof Point.BASE

const order = Fn.ORDER
const prime = Point.Fp.ORDER

/** One signature by one key over a message. */
interface Ed25519Case {
  readonly name: string
  readonly publicKey: Uint8Array
  readonly signature: Uint8Array
  readonly isValid: boolean
}

/** Points of small order, and the further ways to write them that a lenient reader takes: y not reduced, or a sign of x = 0. */
export function smallOrderKeys(): readonly (readonly [name: string, key: Uint8Array])[] {
  const points = smallOrderPoints()
  const canonical = points.map((point, index) => [`a point of small order, ${index}`, point.toBytes()] as const)
  const others = points.flatMap((point, index) => {
    const { x, y } = point.toAffine()
    const forms: (readonly [string, Uint8Array])[] = []
    if (x === 0n) forms.push([`with a sign of x = 0, ${index}`, encode(y, 1)])
    if (y + prime < 2n ** 255n) {
      forms.push([`y not reduced, ${index}`, encode(y + prime, Number(x & 1n))])
      if (x === 0n) forms.push([`y not reduced, with a sign of x = 0, ${index}`, encode(y + prime, 1)])
    }
    return forms
  })
  return [...canonical, ...others]
}

/** Ways to write y that are not reduced: y + p for the 19 y that leave room, whether there is such a point or not. */
export function unreducedKeys(): readonly (readonly [name: string, key: Uint8Array])[] {
  return Array.from({ length: 19 }, (_, y) => y).flatMap(y =>
    [0, 1].map(sign => [`y = p + ${y}, sign ${sign}`, encode(prime + BigInt(y), sign)] as const),
  )
}

export function ed25519Cases(message: Uint8Array): readonly Ed25519Case[] {
  const a = 0x1234567890abcdef1234567890abcdefn
  const A = Point.BASE.multiply(a)
  const publicKey = A.toBytes()
  const [S, R] = signed(a, publicKey, message, 0xfedcbaf00dn)
  const of = (name: string, rBytes: Uint8Array, s: bigint, isValid: boolean): Ed25519Case => ({
    ...{ name, publicKey, signature: concatBytes(rBytes, littleEndian(s)), isValid },
  })
  const rBytes = R.toBytes()
  const multiples = Array.from({ length: 15 }, (_, index) => BigInt(index + 1)).filter(factor => S + factor * order < 2n ** 256n)
  const torsion = smallOrderPoints()[1]!
  // R is anything that a signer likes, even the identity: then S = ka.
  const withR = (name: string, bytes: Uint8Array, isValid: boolean) =>
    of(name, bytes, Fn.mul(challenge(bytes, publicKey, message), a), isValid)
  return [
    of('as it is', rBytes, S, true),
    ...multiples.map(factor => of(`S plus ${factor} L`, rBytes, S + factor * order, false)),
    of('S = 0', rBytes, 0n, false),
    of('S = L', rBytes, order, false),
    of('S = L − 1', rBytes, order - 1n, false),
    of('S of ones', rBytes, 2n ** 256n - 1n, false),
    of('R of zeros', new Uint8Array(32), S, false),
    of('R of ones', new Uint8Array(32).fill(0xff), S, false),
    of('R with the other sign', rBytes.with(31, rBytes[31]! ^ 0x80), S, false),
    of('−S', rBytes, order - S, false),
    // Holds, and is refused for its R: whoever signs so tells the key (WebCrypto asks for that).
    withR('R the identity', Point.ZERO.toBytes(), false),
    withR('R the identity, with a sign of x = 0', encode(1n, 1), false),
    withR('R the identity, y not reduced', encode(1n + prime, 0), false),
    ...smallOrderPoints()
      .slice(1)
      .map((point, index) => withR(`R of small order, ${index + 1}: holds eight times only`, point.toBytes(), false)),
    // [8]SB = [8]R + [8]kA holds, SB = R + kA does not: whoever multiplies by the cofactor says yes. All of ours, and browsers, say no.
    (() => {
      const shifted = (R.add(torsion) as Ours).toBytes()
      const r = 0xfedcbaf00dn
      return of('R plus a point of order 8', shifted, Fn.create(r + challenge(shifted, publicKey, message) * a), false)
    })(),
    mixedKey(a, torsion, message),
    { name: 'one byte less', publicKey, signature: concatBytes(rBytes, littleEndian(S)).subarray(0, 63), isValid: false },
    { name: 'one byte more', publicKey, signature: concatBytes(rBytes, littleEndian(S), Uint8Array.of(0)), isValid: false },
    { name: 'nothing', publicKey, signature: new Uint8Array(0), isValid: false },
    { name: 'zeros', publicKey, signature: new Uint8Array(64), isValid: false },
    { name: 'another message’s', publicKey, signature: ed25519Signature(a, publicKey, Uint8Array.of(1)), isValid: false },
  ]
}

/** A key with a part of order 8, and a signature that holds but for that part. */
function mixedKey(a: bigint, torsion: Ours, message: Uint8Array): Ed25519Case {
  const publicKey = (Point.BASE.multiply(a).add(torsion) as Ours).toBytes()
  for (let r = 2n; ; r++) {
    const bytes = Point.BASE.multiply(r).toBytes()
    const k = challenge(bytes, publicKey, message)
    if (k % 8n === 0n) continue
    return {
      ...{ name: 'a key with a part of order 8', publicKey, isValid: false },
      signature: concatBytes(bytes, littleEndian(Fn.create(r + k * a))),
    }
  }
}

function ed25519Signature(a: bigint, publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const [S, R] = signed(a, publicKey, message, 0xabcdefn)
  return concatBytes(R.toBytes(), littleEndian(S))
}

function signed(a: bigint, publicKey: Uint8Array, message: Uint8Array, r: bigint): readonly [S: bigint, R: Ours] {
  const R = Point.BASE.multiply(r) as Ours
  return [Fn.create(r + challenge(R.toBytes(), publicKey, message) * a), R]
}

function challenge(rBytes: Uint8Array, publicKey: Uint8Array, message: Uint8Array): bigint {
  const hash = createHash('sha512').update(rBytes).update(publicKey).update(message).digest()
  return Fn.create(BigInt(`0x${hash.reverse().toString('hex')}`))
}

/** All eight, the identity first. */
function smallOrderPoints(): readonly Ours[] {
  for (let y = 2n; ; y++) {
    const point = pointOf(y)
    // L times any point is of small order.
    const small = point?.multiplyUnsafe(order - 1n).add(point) as Ours | undefined
    if (small === undefined || small.multiplyUnsafe(4n).equals(Point.ZERO)) continue
    return Array.from({ length: 8 }, (_, factor) => small.multiplyUnsafe(BigInt(factor)) as Ours)
  }
}

function pointOf(y: bigint): Ours | undefined {
  try {
    return Point.fromBytes(encode(y, 0)) as Ours
  } catch {
    return undefined
  }
}

function encode(y: bigint, sign: number): Uint8Array {
  const bytes = littleEndian(y)
  bytes[31]! |= sign << 7
  return bytes
}

function littleEndian(number: bigint): Uint8Array {
  return Uint8Array.from(Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse())
}
