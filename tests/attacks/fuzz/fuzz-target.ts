import type { SeededRandom } from '@hufu/network'
import { bytesToHex } from '@hufu/primitives'

/**
 * What became of an input that was not refused. True: what is read from it is as true as of the original. False: something else was believed, which nobody with the
 * right key said. `signed anew`: something else, and the holder of the right key signed just that (a program gone wrong, not a forger).
 */
type Taken = boolean | 'signed anew'

/** Something that takes input from outside. */
export interface FuzzTarget {
  readonly name: string
  /** How much of the tries it gets. */
  readonly weight: number
  /** What makes an input that is taken as good as the original. */
  readonly sameIf: string
  /** Right as they are: each must be taken before anything else is tried, for what refuses everything proves nothing. */
  readonly originals: readonly unknown[]
  /** How the codes begin with which it refuses: what callers are told to expect, and no other package's. */
  readonly codes: readonly string[]
  /** Tries that are under way at once; default 1. */
  readonly atOnce?: number
  /** An input that is nearly right. */
  make(random: SeededRandom): unknown
  /** Takes the input. @throws what it refuses, which must be an error with a code */
  take(input: unknown): Promise<Taken> | Taken
  close?(): Promise<void> | void
}

/** A text that is the same for the same meaning, whatever is inside of a value. */
export function meaningOf(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}n`
    if (inner instanceof Uint8Array) return bytesToHex(inner)
    if (inner instanceof Set) return [...inner]
    if (inner instanceof Map) return [...inner].sort(([left], [right]) => (left < right ? -1 : 1))
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
  })
}

/** A parser whose results are written again: what is read must be read from what is written. */
export function parserTarget<Value>(
  { name, weight, codes }: Pick<FuzzTarget, 'name' | 'weight' | 'codes'>,
  originals: readonly unknown[],
  make: (random: SeededRandom) => unknown,
  { parse, write }: { parse(input: unknown): Promise<Value> | Value; write(value: Value): unknown },
): FuzzTarget {
  return {
    name,
    weight,
    codes,
    sameIf: 'what is read is read again from what is written',
    originals,
    make,
    take: async input => {
      const value = await parse(input)
      return meaningOf(await parse(write(value))) === meaningOf(value)
    },
  }
}
