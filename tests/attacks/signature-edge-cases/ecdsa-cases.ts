import { hexToBytes } from '@hufu/primitives'
import type { p256 } from '@noble/curves/nist.js'
import type { secp256k1 } from '@noble/curves/secp256k1.js'

export type Curve = typeof p256 | typeof secp256k1

/** A signature over a message whose hash is known, by a key that may have been made for it. */
interface EcdsaCase {
  readonly name: string
  /** Compressed. */
  readonly publicKey: Uint8Array
  readonly r: bigint
  readonly s: bigint
  readonly isValid: boolean
  /** Valid, of a point whose x is not r but r + n: no signer meets one. */
  readonly isWrapped?: true
}

/**
 * Signatures at the edges of what ECDSA is. Where a case needs numbers that no signer meets by chance, the key is made for the signature: of a point R, a number s
 * and the hash e comes the one key Q = (sR − eG)/r under which they hold.
 */
export function ecdsaCases(curve: Curve, e: bigint): readonly EcdsaCase[] {
  const { Point } = curve
  const { Fn } = Point
  const n = Fn.ORDER
  const p = Point.Fp.ORDER
  const G = Point.BASE
  type Ours = typeof G
  const case_ = (name: string, key: Ours, r: bigint, s: bigint, isValid: boolean): EcdsaCase => ({
    ...{ name, publicKey: key.toBytes(true), r, s, isValid },
  })
  const times = (point: Ours, factor: bigint): Ours => (Fn.create(factor) === 0n ? Point.ZERO : point.multiply(Fn.create(factor))) as Ours
  const keyFor = (R: Ours, s: bigint): Ours => {
    const r = Fn.create(R.toAffine().x)
    return times(times(R, s).subtract(times(G, e)) as Ours, Fn.inv(r))
  }
  const signed = (d: bigint, k: bigint) => {
    const r = Fn.create(times(G, k).toAffine().x)
    return { key: times(G, d), r, s: Fn.mul(Fn.inv(Fn.create(k)), Fn.create(e + r * d)) }
  }

  const { key, r, s } = signed(0x1234567890abcdefn, 0xfedcba0987654321n)
  const other = times(G, 7n)
  const plain = [
    case_('as it is', key, r, s, true),
    case_('the other s', key, r, n - s, true),
    case_('another key', other, r, s, false),
    case_('the key’s negative', key.negate() as Ours, r, s, false),
    case_('r and s exchanged', key, s, r, false),
    case_('the other r', key, n - r, s, false),
    case_('r one more', key, r + 1n, s, false),
    case_('s one more', key, r, s + 1n, false),
  ]
  const edges: readonly (readonly [string, bigint])[] = [
    ...([
      ['0', 0n],
      ['1', 1n],
      ['n − 1', n - 1n],
      ['n', n],
      ['n + 1', n + 1n],
      ['p', p],
      ['p + 1', p + 1n],
      ['2²⁵⁶ − 1', 2n ** 256n - 1n],
    ] as const),
  ]
  const outOfRange = edges.flatMap(([name, value]) => [
    case_(`r = ${name}`, key, value, s, false),
    case_(`s = ${name}`, key, r, value, false),
    ...edges.map(([otherName, otherValue]) => case_(`r = ${name}, s = ${otherName}`, key, value, otherValue, false)),
  ])

  // Small r: r + n has the same 256 bits of room, and is no other way to write it.
  const small = liftFrom(curve, 1n)
  const smallKey = keyFor(small, 12345n)
  const smallR = small.toAffine().x
  // x of R between n and p: r is what is left of it.
  const wrapped = p > n ? liftFrom(curve, n + 1n) : undefined
  const wrappedR = wrapped === undefined ? 0n : wrapped.toAffine().x - n
  const wrappedKey = wrapped === undefined ? key : keyFor(wrapped, 12345n)
  const half = (n - 1n) / 2n
  const k = 0xabcdefn
  const rOfK = Fn.create(times(G, k).toAffine().x)
  const R = times(G, k)
  return [
    ...plain,
    ...outOfRange,
    case_('r small', smallKey, smallR, 12345n, true),
    case_('r small, plus n', smallKey, smallR + n, 12345n, false),
    { ...case_('r of an x beyond n', wrappedKey, wrappedR, 12345n, wrapped !== undefined), isWrapped: true },
    case_('x beyond n as r', wrappedKey, wrappedR + n, 12345n, false),
    ...[1n, 2n, half, half + 1n, n - 1n].map(value =>
      case_(
        `s = ${value === half ? 'half' : value === half + 1n ? 'half, one more' : value > half ? 'n − 1' : value}`,
        keyFor(R, value),
        rOfK,
        value,
        true,
      ),
    ),
    case_('s = 1, plus n', keyFor(R, 1n), rOfK, n + 1n, false),
    // u₁ = e/s and u₂ = r/s at their edges.
    case_('u₁ = 1', keyFor(R, Fn.create(e)), rOfK, Fn.create(e), true),
    case_('u₂ = 1', keyFor(R, rOfK), rOfK, rOfK, true),
    case_('u₁ = u₂', keyFor(R, 99n), rOfK, 99n, true),
    // Both halves of the sum are one point: it must be doubled, and a formula for two different ones gives nothing.
    case_('u₁G = u₂Q', times(G, Fn.mul(Fn.create(e), Fn.inv(rOfK))), rOfK, Fn.mul(Fn.create(2n * e), Fn.inv(k)), true),
    // They are each other’s negative: the sum is infinity, whatever s is.
    ...[1n, 12345n, half].map(value =>
      case_(`u₁G = −u₂Q, s = ${value}`, times(G, Fn.neg(Fn.mul(Fn.create(e), Fn.inv(rOfK)))), rOfK, value, false),
    ),
    ...[1n, 2n, 3n, n - 1n].map(d => {
      const { key: weak, r: weakR, s: weakS } = signed(d, k)
      return case_(`the key of ${d === n - 1n ? '−1' : d}`, weak, weakR, weakS, true)
    }),
  ]
}

/** The first point whose x is this or more. */
export function liftFrom(curve: Curve, start: bigint): typeof curve.Point.BASE {
  for (let x = start; ; x++) {
    try {
      return curve.Point.fromBytes(Uint8Array.of(2, ...bytes32(x))) as typeof curve.Point.BASE
    } catch {
      // No point has it.
    }
  }
}

/** 32 bytes, big-endian; undefined for a number that does not fit. */
export function bytes32(number: bigint): Uint8Array {
  return hexToBytes(number.toString(16).padStart(64, '0'))
}

export function fits(number: bigint): boolean {
  return number >= 0n && number < 2n ** 256n
}
