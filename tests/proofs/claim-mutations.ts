import { concatBytes, errorCode } from '@hufu/primitives'
import {
  type CircuitName,
  g1Generator,
  g2Generator,
  type ProofClaim,
  type ProofErrorCode,
  parseG1,
  parseG2,
  scalarModulus,
  writeG1,
  writeG2,
} from '@hufu/proofs'
import type { SeededRandom } from './seeded-random.ts'

export type CircuitClaim = ProofClaim & { readonly circuit: CircuitName }

/** Good claims that a mutation may take parts of. */
export interface GoodClaims {
  /** Of the same circuit. */
  readonly same: readonly CircuitClaim[]
  readonly others: readonly CircuitClaim[]
}

/** A way to make another claim of a good one. */
export interface ClaimMutation {
  readonly name: string
  readonly accepted?: true
  readonly mutate: (claim: CircuitClaim, random: SeededRandom, good: GoodClaims) => CircuitClaim
}

const g1Size = 48
const g2Size = 96
const flag = { compressed: 0x80, infinity: 0x40, larger: 0x20 }
const baseModulus = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn

const part = { a: [0, g1Size], b: [g1Size, g1Size + g2Size], c: [g1Size + g2Size, 2 * g1Size + g2Size] } as const
export type Part = keyof typeof part
const parts: readonly Part[] = ['a', 'b', 'c']

/** What of one part is made, for a point of G1 and of G2. */
type Damage = (point: Uint8Array, random: SeededRandom) => Uint8Array

const damages: Readonly<Record<string, Damage>> = {
  infinity: point => flagged(new Uint8Array(point.length), flag.compressed | flag.infinity),
  'infinity with a sign': point => flagged(new Uint8Array(point.length), flag.compressed | flag.infinity | flag.larger),
  'infinity, not compressed': point => flagged(new Uint8Array(point.length), flag.infinity),
  'infinity with other bits': (point, random) =>
    flagged(flipped(new Uint8Array(point.length), 8 + random.below(8 * point.length - 8)), 0xc0),
  zeros: point => new Uint8Array(point.length),
  'all ones': point => new Uint8Array(point.length).fill(0xff),
  'not marked as compressed': point => flipped(point, 0),
  'marked as infinity': point => flipped(point, 1),
  'its negative': point => flipped(point, 2),
  'off the curve': (point, random) => random.pick(small(point.length).offCurve),
  'outside its group': (point, random) => random.pick(small(point.length).outsideGroup),
  'x beyond the modulus': (point, random) => beyond(random.pick(small(point.length).outsideGroup)),
  'x of the modulus': point => beyond(flagged(new Uint8Array(point.length), flag.compressed)),
  'the generator': point => (point.length === g1Size ? writeG1(g1Generator) : writeG2(g2Generator)),
}

const partMutations: readonly ClaimMutation[] = Object.entries(damages).map(([name, damage]) => ({
  name,
  mutate: (claim, random) => {
    const chosen = random.pick(parts)
    return withPart(claim, chosen, damage(claim.proof.slice(...part[chosen]), random))
  },
}))

/** A claim with one of its points damaged in a named way. */
export function withDamage(claim: CircuitClaim, name: Part, damage: keyof typeof damages, random: SeededRandom): CircuitClaim {
  return withPart(claim, name, damages[damage]!(partOf(claim, name), random))
}

/** A claim with a bit of one of its points flipped, beside those that say what it is. */
export function withFlippedBit(claim: CircuitClaim, name: Part, random: SeededRandom): CircuitClaim {
  const point = partOf(claim, name)
  return withPart(claim, name, flipped(point, 3 + random.below(8 * point.length - 3)))
}

/** Mutations that damage one thing each. */
export const claimMutations: readonly ClaimMutation[] = [
  { name: 'nothing', accepted: true, mutate: claim => claim },
  {
    name: 'another proof of the same',
    accepted: true,
    mutate: (claim, random, { same }) => ({ ...claim, proof: random.pick(same).proof }),
  },
  {
    name: 'A and B negated',
    accepted: true,
    mutate: claim => withPart(withPart(claim, 'a', flipped(partOf(claim, 'a'), 2)), 'b', flipped(partOf(claim, 'b'), 2)),
  },
  {
    name: 'a bit of the proof',
    mutate: (claim, random) => ({ ...claim, proof: flipped(claim.proof, random.below(8 * claim.proof.length)) }),
  },
  {
    name: 'a byte of the proof',
    mutate: (claim, random) => {
      const index = random.below(claim.proof.length)
      return { ...claim, proof: claim.proof.with(index, claim.proof[index]! ^ (1 + random.below(255))) }
    },
  },
  ...partMutations,
  { name: 'A and C swapped', mutate: claim => withPart(withPart(claim, 'a', partOf(claim, 'c')), 'c', partOf(claim, 'a')) },
  { name: 'A twice', mutate: claim => withPart(claim, 'c', partOf(claim, 'a')) },
  { name: 'alpha and beta', mutate: claim => withPart(withPart(claim, 'a', writeG1(claim.key.alpha)), 'b', writeG2(claim.key.beta)) },
  { name: 'delta for B', mutate: claim => withPart(claim, 'b', writeG2(claim.key.delta)) },
  {
    name: 'a point of the key',
    mutate: (claim, random) => withPart(claim, random.pick(['a', 'c']), writeG1(random.pick(claim.key.inputs))),
  },
  {
    name: "another proof's part",
    mutate: (claim, random, { same }) => {
      const chosen = random.pick(parts)
      const other = random.pick(same.filter(({ proof }) => proof !== claim.proof))
      return withPart(claim, chosen, partOf(other, chosen))
    },
  },
  { name: "another circuit's proof", mutate: (claim, random, { others }) => ({ ...claim, proof: random.pick(others).proof }) },
  {
    name: "another circuit's key",
    mutate: (claim, random, { others }) => {
      const { key, circuit } = random.pick(others)
      return { ...claim, key, circuit }
    },
  },
  { name: 'cut', mutate: (claim, random) => ({ ...claim, proof: claim.proof.slice(0, random.below(claim.proof.length)) }) },
  { name: 'cut in front', mutate: (claim, random) => ({ ...claim, proof: claim.proof.slice(1 + random.below(4)) }) },
  { name: 'longer', mutate: (claim, random) => ({ ...claim, proof: concatBytes(claim.proof, new Uint8Array(1 + random.below(200))) }) },
  { name: 'an input one more', mutate: onInput(value => (value + 1n) % scalarModulus) },
  { name: 'an input one less', mutate: onInput(value => (value + scalarModulus - 1n) % scalarModulus) },
  { name: 'an input negated', mutate: onInput(value => (value === 0n ? 1n : scalarModulus - value)) },
  { name: 'an input of chance', mutate: onInput((_, random) => random.bits256() % scalarModulus) },
  { name: 'an input that stands for the same', mutate: onInput(value => value + scalarModulus) },
  { name: 'an input of the order', mutate: onInput(() => scalarModulus) },
  { name: 'an input beyond 2²⁵⁵', mutate: onInput((_, random) => random.bits256() | (1n << 255n)) },
  { name: 'an input missing', mutate: claim => ({ ...claim, publicInputs: claim.publicInputs.slice(0, -1) }) },
  { name: 'an input too many', mutate: (claim, random) => ({ ...claim, publicInputs: [...claim.publicInputs, BigInt(random.below(2))] }) },
  { name: 'no inputs', mutate: claim => ({ ...claim, publicInputs: [] }) },
  {
    name: 'inputs in another order',
    mutate: claim => ({ ...claim, publicInputs: [...claim.publicInputs.slice(1), claim.publicInputs[0]!] }),
  },
  { name: 'inputs all 0', mutate: claim => ({ ...claim, publicInputs: claim.publicInputs.map(() => 0n) }) },
]

function onInput(change: (value: bigint, random: SeededRandom) => bigint): ClaimMutation['mutate'] {
  return (claim, random) => {
    const index = random.below(claim.publicInputs.length)
    return { ...claim, publicInputs: claim.publicInputs.with(index, change(claim.publicInputs[index]!, random)) }
  }
}

function partOf({ proof }: ProofClaim, name: Part): Uint8Array {
  return proof.slice(...part[name])
}

function withPart(claim: CircuitClaim, name: Part, point: Uint8Array): CircuitClaim {
  const [start, end] = part[name]
  return { ...claim, proof: concatBytes(claim.proof.slice(0, start), point, claim.proof.slice(end)) }
}

/** With one bit flipped: number 0 is the first byte's highest. */
function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = new Uint8Array(bytes)
  changed[bit >> 3]! ^= 0x80 >> (bit & 7)
  return changed
}

function flagged(bytes: Uint8Array, flags: number): Uint8Array {
  const changed = new Uint8Array(bytes)
  changed[0]! |= flags
  return changed
}

/** Encodings of small x, by what they are. Nearly every point of the curve is outside the group. */
function small(size: number) {
  return size === g1Size ? smallG1 : smallG2
}

const smallG1 = sorted(g1Size, encoded => parseG1(encoded, 'small'))
const smallG2 = sorted(g2Size, encoded => parseG2(encoded, 'small'))

function sorted(size: number, parse: (encoded: Uint8Array) => unknown) {
  const offCurve: Uint8Array[] = []
  const outsideGroup: Uint8Array[] = []
  for (let x = 1; x < 24; x++) {
    const encoded = flagged(new Uint8Array(size), flag.compressed)
    encoded[size - 1] = x
    const message = messageOf(() => parse(encoded), 'ERR_PROOF_POINT')
    if (message.includes('on the curve')) offCurve.push(encoded)
    else outsideGroup.push(encoded, flagged(encoded, flag.larger))
  }
  return { offCurve, outsideGroup }
}

function messageOf(attempt: () => unknown, code: ProofErrorCode): string {
  try {
    attempt()
  } catch (error) {
    if (errorCode(error) === code) return (error as Error).message
    throw error
  }
  throw new Error('a small x gave a point of the group')
}

/** The last coordinate, which is small, plus the modulus: it still fits below the flags. */
function beyond(encoded: Uint8Array): Uint8Array {
  const last = encoded.slice(-g1Size)
  const value = baseModulus + BigInt(last.at(-1)!)
  const bytes = Uint8Array.from(
    value
      .toString(16)
      .padStart(2 * g1Size, '0')
      .match(/../g)!,
    digits => Number.parseInt(digits, 16),
  )
  const changed = concatBytes(encoded.slice(0, -g1Size), bytes)
  return flagged(changed, encoded[0]! & 0xe0)
}
