import { utf8ToBytes } from '@hufu/primitives'
import { type CircuitInputs, type CircuitName, domains, hashToScalar, poseidon, type Scalar, scalarModulus } from '@hufu/proofs'

const depth = 11
const arity = 8
const rangeBits = 32
const slots = [1, 4, 6, 11] as const

/**
 * Inputs that satisfy the circuits, all of one made-up credential: PREPARE commits to four of its attributes, SHOW shows a range of the first and that the
 * second is one of eight, PAIR joins the commitment with another. For tests and measurements.
 *
 * @param seed - everything follows from it
 */
export function exampleInputs(seed: string): Readonly<Record<CircuitName, CircuitInputs>> {
  const random = (name: string): Scalar => hashToScalar(utf8ToBytes(`example ${seed} ${name}`))
  const credential = exampleCredential(random)
  const { attributes, type, expiry, secret } = credential
  const values = slots.map(slot => attributes[slot]!)
  const meta = slots.reduce((sum: Scalar, slot, index) => sum + BigInt(slot) * 16n ** BigInt(index), type * 2n ** 16n)
  const opening = random('opening')
  const commitment = poseidon(domains.opening, [...values, meta, expiry, secret, opening])
  const tree = exampleTree(credential, random)
  const roots = [random('root 0'), random('root 1'), tree.root, 0n, 0n, 0n, 0n, 0n]
  return {
    prepare: {
      rootSet: [poseidon(domains.roots, roots)],
      commitment: [commitment],
      ...{ type: [type], attributes, secret: [secret], blinding: [credential.blinding], expiry: [expiry], salt: [credential.salt] },
      ...{ children: tree.children, position: tree.position, roots },
      slots: slots.flatMap(slot => bitsOf(BigInt(slot), 4)),
      opening: [opening],
    },
    show: showInputs({ commitment, meta, values, expiry, secret, opening }, random),
    pair: pairInputs({ commitment, meta, values, expiry, secret, opening }, random),
  }
}

type Random = (name: string) => Scalar

interface Committed {
  readonly commitment: Scalar
  readonly meta: Scalar
  readonly values: readonly Scalar[]
  readonly expiry: Scalar
  readonly secret: Scalar
  readonly opening: Scalar
}

function exampleCredential(random: Random) {
  // Days, numbers and choices below 2³², texts of 248 bits, and slots that are not used.
  const attributes = Array.from({ length: 16 }, (_, slot) =>
    slot < 8 ? random(`attribute ${slot}`) % 2n ** 20n : slot < 12 ? random(`text ${slot}`) : 0n,
  )
  const [secret, blinding, salt] = [random('secret'), random('blinding'), random('salt')]
  return { type: random('type') % 2n ** 232n, attributes, secret, blinding, salt, expiry: 90_000n + (random('expiry') % 5_000n) }
}

/** A path through siblings by chance. */
function exampleTree({ type, attributes, secret, blinding, expiry, salt }: ReturnType<typeof exampleCredential>, random: Random) {
  const holder = poseidon(domains.holder, [secret, blinding])
  let node = poseidon(domains.leaf, [type, poseidon(domains.attributes, attributes), holder, expiry, salt])
  const children: Scalar[] = []
  const position: Scalar[] = []
  for (let level = 0; level < depth; level++) {
    const place = random(`place ${level}`) % BigInt(arity)
    const siblings = Array.from({ length: arity }, (_, index) => (BigInt(index) === place ? node : random(`sibling ${level} ${index}`)))
    children.push(...siblings)
    position.push(...bitsOf(place, 3))
    node = poseidon(domains.node, siblings)
  }
  return { root: node, children, position }
}

function showInputs({ commitment, meta, values, expiry, secret, opening }: Committed, random: Random): CircuitInputs {
  const [today, scope] = [89_000n, random('scope')]
  const [age, district] = [values[0]!, values[1]!]
  const districts = Array.from({ length: 8 }, (_, index) => (index === 3 ? district : random(`district ${index}`) % 2n ** 20n))
  const nothing = new Array<Scalar>(12).fill(0n)
  const bounds = { least: 0n, most: 2n ** 20n }
  const asked = [
    [1n, bounds.least, bounds.most, ...new Array<Scalar>(9).fill(0n)],
    [0n, 0n, 0n, ...polynomialOf(districts)],
    nothing,
    nothing,
  ]
  const upperBits = (value: Scalar): readonly Scalar[] => bitsOf(value, rangeBits).slice(1)
  const noBits = new Array<Scalar>(rangeBits - 1).fill(0n)
  return {
    ...{ commitment: [commitment], meta: [meta], today: [today], scope: [scope] },
    nullifier: [poseidon(domains.nullifier, [secret, scope])],
    context: [random('context')],
    asked: asked.flat(),
    ...{ values, expiry: [expiry], secret: [secret], opening: [opening] },
    expiryBits: upperBits(expiry - today),
    leastBits: [upperBits(age - bounds.least), noBits, noBits, noBits].flat(),
    mostBits: [upperBits(bounds.most - age), noBits, noBits, noBits].flat(),
  }
}

function pairInputs({ commitment, meta, values, expiry, secret, opening }: Committed, random: Random): CircuitInputs {
  const other = {
    values: [values[0]!, random('other 1'), 0n, values[3]!],
    meta: random('other meta'),
    expiry: expiry + 7n,
    opening: random('other opening'),
  }
  return {
    commitment1: [commitment],
    commitment2: [poseidon(domains.opening, [...other.values, other.meta, other.expiry, secret, other.opening])],
    context: [random('context')],
    equal: [1n, 0n, 0n, 1n],
    ...{ values1: values, meta1: [meta], expiry1: [expiry], opening1: [opening] },
    ...{ values2: other.values, meta2: [other.meta], expiry2: [other.expiry], opening2: [other.opening] },
    secret: [secret],
  }
}

/** Lowest first. */
function bitsOf(value: Scalar, count: number): readonly Scalar[] {
  return Array.from({ length: count }, (_, bit) => (value >> BigInt(bit)) & 1n)
}

/** Coefficients, from the constant on, of the polynomial that is 0 at each of these. */
function polynomialOf(zeros: readonly Scalar[]): readonly Scalar[] {
  let polynomial: readonly Scalar[] = [1n]
  for (const zero of zeros) polynomial = [0n, ...polynomial].map((shifted, index) => modulo(shifted - zero * (polynomial[index] ?? 0n)))
  return polynomial
}

function modulo(value: bigint): Scalar {
  const remainder = value % scalarModulus
  return remainder < 0n ? remainder + scalarModulus : remainder
}
