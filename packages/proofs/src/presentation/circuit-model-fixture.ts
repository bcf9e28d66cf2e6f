import type { CircuitName } from '../circuit/circuit-names.ts'
import type { CircuitInputs } from '../circuit/solve-witness.ts'
import { ProofError } from '../errors.ts'
import { type Scalar, scalarModulus, toScalar } from '../field/scalar-field.ts'
import { domains } from '../poseidon/domains.ts'
import { poseidon } from '../poseidon/poseidon.ts'

/** What docs/zk.md says of the three circuits, in plain arithmetic: a second implementation, against which circuits and inputs are held. */
const relations: Readonly<Record<CircuitName, (inputs: CircuitInputs) => readonly Scalar[]>> = {
  prepare: inputs => {
    const get = reader(inputs)
    const leaf = poseidon(domains.leaf, [
      get('type'),
      poseidon(domains.attributes, get.all('attributes', 16)),
      poseidon(domains.holder, [get('secret'), get('blinding')]),
      get('expiry'),
      get('salt'),
    ])
    const root = rootOf(leaf, get.all('children', 88), get.all('position', 33))
    const roots = get.all('roots', 8)
    demand(roots.includes(root), 'the path leads to one of the roots')
    demand(poseidon(domains.roots, roots) === get('rootSet'), 'rootSet is that of the roots')
    const slots = groups(get.all('slots', 16), 4).map(numberOfBits)
    const meta = slots.reduce((sum, slot, index) => sum + BigInt(slot) * 16n ** BigInt(index), get('type') * 2n ** 16n)
    const values = slots.map(slot => inputs.attributes![slot]!)
    demand(
      commitmentOf(values, toScalar(meta), get('expiry'), get('secret'), get('opening')) === get('commitment'),
      'commitment is of the values',
    )
    return [get('rootSet'), get('commitment')]
  },
  show: inputs => {
    const get = reader(inputs)
    const values = get.all('values', 4)
    const commitment = commitmentOf(values, get('meta'), get('expiry'), get('secret'), get('opening'))
    demand(commitment === get('commitment'), 'commitment opens to the values')
    demandRange(get('expiry') - get('today'), get.all('expiryBits', 31), 'the credential has not expired')
    demand(poseidon(domains.nullifier, [get('secret'), get('scope')]) === get('nullifier'), "nullifier is the holder's in the scope")
    const asked = groups(get.all('asked', 48), 12)
    const [leastBits, mostBits] = [groups(get.all('leastBits', 124), 31), groups(get.all('mostBits', 124), 31)]
    for (const [index, value] of values.entries()) {
      const [ranged, least, most, ...coefficients] = asked[index]! as [Scalar, Scalar, Scalar, ...Scalar[]]
      demandRange(ranged * value - least, leastBits[index]!, 'the value is at least the least')
      demandRange(most - ranged * value, mostBits[index]!, 'the value is at most the most')
      const sum = coefficients.reduce((total, coefficient, power) => total + coefficient * value ** BigInt(power), 0n)
      demand(sum % scalarModulus === 0n, 'the polynomial is 0 at the value')
    }
    const names = ['commitment', 'meta', 'today', 'scope', 'nullifier', 'context']
    return [...names.map(name => get(name)), ...asked.flat()]
  },
  pair: inputs => {
    const get = reader(inputs)
    for (const side of ['1', '2']) {
      const values = get.all(`values${side}`, 4)
      const commitment = commitmentOf(values, get(`meta${side}`), get(`expiry${side}`), get('secret'), get(`opening${side}`))
      demand(commitment === get(`commitment${side}`), 'both commitments open with one secret')
    }
    const equal = get.all('equal', 4)
    for (const [index, isEqual] of equal.entries())
      demand(toScalar(isEqual * (inputs.values1![index]! - inputs.values2![index]!)) === 0n, 'values are equal where asked')
    return [get('commitment1'), get('commitment2'), get('context'), ...equal]
  },
}

/**
 * Checks a circuit's inputs by what the circuit means.
 *
 * @returns the public inputs in their order
 * @throws ProofError `ERR_PROOF_UNSATISFIED`
 */
export function checkByModel(circuit: CircuitName, inputs: CircuitInputs): readonly Scalar[] {
  return relations[circuit](inputs)
}

function reader(inputs: CircuitInputs) {
  const all = (name: string, size: number) => {
    const values = inputs[name]
    if (values?.length !== size) throw new ProofError('ERR_PROOF_INPUT', `${name}: expected ${size} scalars`)
    return values
  }
  return Object.assign((name: string) => all(name, 1)[0]!, { all })
}

function commitmentOf(values: readonly Scalar[], meta: Scalar, expiry: Scalar, secret: Scalar, opening: Scalar): Scalar {
  return poseidon(domains.opening, [...values, meta, expiry, secret, opening])
}

function rootOf(leaf: Scalar, children: readonly Scalar[], position: readonly Scalar[]): Scalar {
  const places = groups(position, 3).map(numberOfBits)
  return groups(children, 8).reduce((node, siblings, level) => {
    demand(siblings[places[level]!] === node, 'the node stands among its siblings')
    return poseidon(domains.node, siblings)
  }, leaf)
}

/** The number is below 2³², and these are its bits but the lowest. */
function demandRange(value: bigint, bits: readonly Scalar[], what: string): void {
  const scalar = toScalar(value)
  demand(scalar < 2n ** 32n && BigInt(numberOfBits(bits)) === scalar >> 1n, what)
}

function numberOfBits(bits: readonly Scalar[]): number {
  demand(
    bits.every(bit => bit === 0n || bit === 1n),
    'bits are 0 or 1',
  )
  return Number(bits.reduce((sum, bit, index) => sum + bit * 2n ** BigInt(index), 0n))
}

function groups<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: items.length / size }, (_, index) => items.slice(index * size, (index + 1) * size))
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new ProofError('ERR_PROOF_UNSATISFIED', `expected that ${what}`)
}
