import { utf8ToBytes } from '@hufu/primitives'
import { type CircuitInputs, domains, hashToScalar, type Opening, pairInputs, poseidon, type Scalar } from '@hufu/proofs'
import { type CircuitCase, type CircuitCases, changed } from './circuit-case.ts'

const places = [0, 1, 2, 3]
const none = places.map(() => false)
const all = places.map(() => true)

/** Two credentials of one holder, and what is not. */
export function pairCases(): CircuitCases {
  return { accepted: acceptedCases(), refused: [...unequal(), ...otherOpenings(), ...otherHolders()] }
}

const first = openingOf('first')
const second: Opening = { ...openingOf('second'), secret: first.secret }
const alike: Opening = { ...second, values: first.values }

function acceptedCases(): CircuitCase[] {
  return [
    { title: 'two credentials', inputs: pair(first, second, none) },
    { title: 'one credential twice', inputs: pair(first, first, all) },
    { title: 'the same values', inputs: pair(first, alike, all) },
    ...places.map(place => ({
      title: `the same value ${place}`,
      inputs: pair(first, { ...second, values: second.values.with(place, first.values[place]!) }, none.with(place, true)),
    })),
  ]
}

function unequal(): CircuitCase[] {
  return places.flatMap(place => [
    {
      title: `a value ${place} that differs by 1`,
      inputs: pair(first, { ...alike, values: first.values.with(place, first.values[place]! + 1n) }, none.with(place, true)),
    },
    {
      title: `another value ${place} of others that are equal`,
      inputs: pair(first, { ...alike, values: first.values.with(place, 0n) }, all),
    },
  ])
}

/** The commitments are the credentials' own, what is opened is another. */
function otherOpenings(): CircuitCase[] {
  const inputs = pair(first, second, none)
  const names = ['values', 'meta', 'expiry', 'opening'].flatMap(name => [`${name}1`, `${name}2`])
  return [...names, 'secret', 'commitment1', 'commitment2'].flatMap(name =>
    inputs[name]!.map((_, place) => ({ title: `another ${name} ${place}`, inputs: changed(inputs, name, place, value => value + 1n) })),
  )
}

function otherHolders(): CircuitCase[] {
  const stranger = openingOf('second')
  return [
    { title: "a stranger's credential", inputs: pair(first, stranger, none) },
    { title: "a stranger's credential, his secret", inputs: { ...pair(first, stranger, none), secret: [stranger.secret] } },
    { title: "a stranger's credential, the secrets exchanged", inputs: pair(stranger, first, none) },
  ]
}

/** Commitments are made here of what is claimed; the circuit's one secret is the first's. */
function pair(one: Opening, other: Opening, equal: readonly boolean[]): CircuitInputs {
  const inputs = pairInputs(one, other, random('context'), equal)
  return { ...inputs, commitment1: [commitmentOf(one)], commitment2: [commitmentOf(other)] }
}

function commitmentOf({ values, meta, expiry, secret, opening }: Opening): Scalar {
  return poseidon(domains.opening, [...values, meta, BigInt(expiry), secret, opening])
}

function openingOf(name: string): Opening {
  return {
    values: places.map(place => random(`${name} value ${place}`)),
    meta: random(`${name} meta`),
    expiry: 90_000,
    secret: random(`${name} secret`),
    opening: random(`${name} opening`),
  }
}

function random(name: string): Scalar {
  return hashToScalar(utf8ToBytes(`pair ${name}`))
}
