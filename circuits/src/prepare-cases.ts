import { utf8ToBytes } from '@hufu/primitives'
import {
  type CircuitInputs,
  domains,
  hashToScalar,
  type PrepareValues,
  poseidon,
  prepareInputs,
  type Scalar,
  scalarsToBytes,
  type TreePath,
} from '@hufu/proofs'
import { type CircuitCase, type CircuitCases, changed, modulo, quotient, replaced } from './circuit-case.ts'

const depth = 11
const arity = 8
const lastIndex = arity ** depth - 1

type Credential = Omit<PrepareValues, 'path' | 'roots' | 'slots' | 'opening'>

/** Credentials in their trees, and what a forger would try. */
export function prepareCases(): CircuitCases {
  const inputs = prepareInputs(valuesAt(0o13572460135))
  return {
    accepted: acceptedCases(),
    refused: [...otherLists(), ...otherPreimages(inputs), ...otherCommitments(inputs), ...otherPaths(inputs), ...fractions(inputs)],
  }
}

function acceptedCases(): CircuitCase[] {
  const index = 0o13572460135
  const { root } = pathOf(leafOf(credential), index)
  const listWithRootAt = (place: number) =>
    Array.from({ length: 8 }, (_, other) => (other === place ? root : random(`other root ${other}`)))
  const absent = { ...credential, attributes: credential.attributes.map(() => 0n) }
  return [
    { title: 'a credential', inputs: prepareInputs(valuesAt(index)) },
    { title: 'the first leaf of a tree', inputs: prepareInputs(valuesAt(0)) },
    { title: 'the last leaf of a tree', inputs: prepareInputs(valuesAt(lastIndex)) },
    { title: 'no attributes', inputs: prepareInputs(valuesAt(index, absent)) },
    { title: 'one root alone', inputs: prepareInputs({ ...valuesAt(index), roots: [root] }) },
    { title: 'the first of eight roots', inputs: prepareInputs({ ...valuesAt(index), roots: listWithRootAt(0) }) },
    { title: 'the last of eight roots', inputs: prepareInputs({ ...valuesAt(index), roots: listWithRootAt(7) }) },
    { title: 'one slot four times', inputs: prepareInputs({ ...valuesAt(index), slots: [0, 0, 0, 0] }) },
    { title: 'the last slots', inputs: prepareInputs({ ...valuesAt(index), slots: [15, 14, 13, 12] }) },
  ]
}

function otherLists(): CircuitCase[] {
  const values = valuesAt(0o13572460135)
  const without = values.roots.map((_, place) => random(`other root ${place}`))
  const inputs = prepareInputs(values)
  return [
    { title: 'a list without the root', inputs: prepareInputs({ ...values, roots: without }) },
    { title: 'a list of nothing but zeros', inputs: prepareInputs({ ...values, roots: [0n] }) },
    { title: "another list's hash", inputs: { ...inputs, rootSet: prepareInputs({ ...values, roots: without }).rootSet! } },
    { title: 'the hash of the list in another order', inputs: { ...inputs, roots: inputs.roots!.toReversed() } },
  ]
}

/** The path is that of the credential's own leaf, everything else fits what is claimed. */
function otherPreimages(inputs: CircuitInputs): CircuitCase[] {
  const values = valuesAt(0o13572460135)
  const claims: Readonly<Record<string, Partial<PrepareValues>>> = {
    'another type': { type: values.type + 1n },
    'an expiry of a day later': { expiry: values.expiry + 1 },
    'an expiry of a day earlier': { expiry: values.expiry - 1 },
    'another secret': { secret: values.secret + 1n },
    'another blinding': { blinding: values.blinding + 1n },
    'another salt': { salt: values.salt + 1n },
    'secret and blinding exchanged': { secret: values.blinding, blinding: values.secret },
  }
  const attributeClaims = values.attributes.map((_, slot) => ({
    title: `another attribute in slot ${slot}`,
    inputs: prepareInputs({ ...values, attributes: values.attributes.map((value, other) => (other === slot ? value + 1n : value)) }),
  }))
  const revoked = { ...values, ...pathOf(0n, 0o13572460135) }
  return [
    ...Object.entries(claims).map(([title, claim]) => ({ title, inputs: prepareInputs({ ...values, ...claim }) })),
    ...attributeClaims,
    { title: 'a revoked leaf', inputs: prepareInputs({ ...revoked, roots: [revoked.root] }) },
    { title: 'a tree as it was before', inputs: prepareInputs({ ...values, roots: [revoked.root] }) },
    { title: 'another root hash', inputs: changed(inputs, 'rootSet', 0, value => value + 1n) },
  ]
}

/** The credential is right, the commitment holds something else. */
function otherCommitments(inputs: CircuitInputs): CircuitCase[] {
  const { attributes, type, expiry, secret, slots, opening } = valuesAt(0o13572460135)
  const contents = [...slots.map(slot => attributes[slot]!), metaOf(type, slots), BigInt(expiry), secret, opening]
  const names = ['value 0', 'value 1', 'value 2', 'value 3', 'type or slots', 'expiry', 'secret', 'opening']
  const committed = (values: readonly Scalar[]): CircuitInputs => ({ ...inputs, commitment: [poseidon(domains.opening, values)] })
  return [
    ...names.map((name, place) => ({
      title: `a commitment to another ${name}`,
      inputs: committed(contents.map((value, other) => (other === place ? modulo(value + 1n) : value))),
    })),
    ...slots.map((slot, place) => ({
      title: `a commitment to another number for slot ${place}`,
      inputs: committed(contents.with(4, metaOf(type, slots.with(place, (slot + 1) % 16)))),
    })),
    { title: 'a commitment to another type', inputs: committed(contents.with(4, metaOf(type + 1n, slots))) },
    { title: 'a commitment to a later expiry', inputs: committed(contents.with(5, BigInt(expiry) + 365n)) },
  ]
}

function otherPaths(inputs: CircuitInputs): CircuitCase[] {
  const { position, children } = inputs
  return [
    ...position!.map((_, bit) => ({
      title: `another position, bit ${bit}`,
      inputs: changed(inputs, 'position', bit, value => 1n - value),
    })),
    ...children!
      .map((_, child) => ({ title: `another child ${child % arity} at level ${Math.floor(child / arity)}`, child }))
      .filter(({ child }) => child % 5 === 0)
      .map(({ title, child }) => ({ title, inputs: changed(inputs, 'children', child, value => value + 1n) })),
    {
      title: 'levels exchanged',
      inputs: {
        ...inputs,
        children: [...children!.slice(arity), ...children!.slice(0, arity)],
        position: [...position!.slice(3), ...position!.slice(0, 3)],
      },
    },
  ]
}

/** Selections between two choices: what no bit selects. */
function fractions(inputs: CircuitInputs): CircuitCase[] {
  const values = valuesAt(0o13572460135)
  const forged = { ...credential, attributes: credential.attributes.map(value => value + 1n) }
  return [
    ...[0, 1, 2].map(bit => ({ title: `a leaf of nobody's between two children, bit ${bit}`, inputs: between(forged, bit) })),
    ...[0, 1, 2].map(bit => ({ title: `an attribute between two, bit ${bit} of its slot`, inputs: betweenSlots(inputs, values, bit) })),
    { title: 'a slot whose bits add up to that of another', inputs: otherBits(inputs, values) },
  ]
}

/** A credential that is in no tree, in a path of another leaf at whose level the position is a fraction. */
function between(forged: Credential, bit: number): CircuitInputs {
  const index = 0o13572460135
  const owner = valuesAt(index)
  const inputs = prepareInputs({ ...owner, ...forged })
  // At the leaves the position's digit is 5: bits 1, 0, 1. Its neighbour over this bit is the other end.
  const digit = index % arity
  const bits = [0, 1, 2].map(place => BigInt((digit >> place) & 1))
  const low = inputs.children![digit & ~(1 << bit)]!
  const high = inputs.children![digit | (1 << bit)]!
  return replaced(inputs, 'position', 0, bits.with(bit, quotient(leafOf(forged) - low, high - low)))
}

/** Slot bits that select a point on the line through two attributes, the commitment being made to fit. */
function betweenSlots(
  inputs: CircuitInputs,
  { attributes, slots, type, expiry, secret, opening }: PrepareValues,
  bit: number,
): CircuitInputs {
  const slot = slots[0]!
  const low = attributes[slot & ~(1 << bit)]!
  const high = attributes[slot | (1 << bit)]!
  const wanted = high + 1n
  const fraction = quotient(wanted - low, high - low)
  const bits = [0, 1, 2, 3].map(place => BigInt((slot >> place) & 1)).with(bit, fraction)
  const slotValue = bits.reduce((sum, value, place) => sum + value * 2n ** BigInt(place), 0n)
  const meta = modulo(metaOf(type, slots.with(0, 0)) + slotValue)
  const values = [wanted, ...slots.slice(1).map(other => attributes[other]!)]
  const commitment = poseidon(domains.opening, [...values, meta, BigInt(expiry), secret, opening])
  return replaced({ ...inputs, commitment: [commitment] }, 'slots', 0, bits)
}

/** Slot bits 2 and 0 for 0 and 1: the same number in `meta`, and another value. */
function otherBits(inputs: CircuitInputs, { attributes, slots, type, expiry, secret, opening }: PrepareValues): CircuitInputs {
  const [bits, value] = [[2n, 0n, 0n, 0n], 2n * attributes[1]! - attributes[0]!]
  const values = [modulo(value), ...slots.slice(1).map(slot => attributes[slot]!)]
  const commitment = poseidon(domains.opening, [...values, metaOf(type, slots.with(0, 2)), BigInt(expiry), secret, opening])
  return replaced({ ...inputs, commitment: [commitment] }, 'slots', 0, bits)
}

const credential: Credential = {
  type: random('type') >> 16n,
  attributes: Array.from({ length: 16 }, (_, slot) => (slot < 10 ? random(`attribute ${slot}`) >> 216n : random(`text ${slot}`))),
  secret: random('secret'),
  blinding: random('blinding'),
  expiry: 90_000,
  salt: random('salt'),
}

function valuesAt(index: number, of: Credential = credential): PrepareValues {
  const { path, root } = pathOf(leafOf(of), index)
  return { ...of, path, roots: [random('root 0'), root, random('root 2')], slots: [1, 4, 6, 11], opening: random('opening') }
}

function leafOf({ type, attributes, secret, blinding, expiry, salt }: Credential): Scalar {
  const holder = poseidon(domains.holder, [secret, blinding])
  return poseidon(domains.leaf, [type, poseidon(domains.attributes, attributes), holder, BigInt(expiry), salt])
}

function metaOf(type: Scalar, slots: readonly number[]): Scalar {
  return slots.reduce((sum, slot, place) => sum + BigInt(slot) * 16n ** BigInt(place), type * 65_536n)
}

/** A path with siblings by chance. */
function pathOf(leaf: Scalar, index: number): { readonly path: TreePath; readonly root: Scalar } {
  let node = leaf
  let rest = index
  const levels = Array.from({ length: depth }, (_, level) => {
    const children = Array.from({ length: arity }, (_, place) => (place === rest % arity ? node : random(`sibling ${level} ${place}`)))
    node = poseidon(domains.node, children)
    rest = Math.floor(rest / arity)
    return scalarsToBytes(children)
  })
  return { path: { index, levels }, root: node }
}

function random(name: string): Scalar {
  return hashToScalar(utf8ToBytes(`prepare ${name}`))
}
