import { utf8ToBytes } from '@hufu/primitives'
import {
  type CircuitInputs,
  domains,
  hashToScalar,
  type Opening,
  type Predicate,
  poseidon,
  type Scalar,
  type ShowInputs,
  showInputs,
} from '@hufu/proofs'
import { type CircuitCase, type CircuitCases, changed, modulo, quotient, replaced } from './circuit-case.ts'

const hintBits = 31
const most32 = 2n ** 32n - 1n

/** What verifiers ask of a commitment and what does not answer it, with the hints that a forger would try. */
export function showCases(): CircuitCases {
  return {
    accepted: acceptedCases(),
    refused: [...ranges(), ...expired(), ...polynomials(), ...otherOpenings(), ...otherPublicInputs()],
  }
}

const values: readonly Scalar[] = [43_210n, 7n, random('text'), 0n]
const opening: Opening = { values, meta: random('meta'), expiry: 90_000, secret: random('secret'), opening: random('opening') }
const nothing = predicate([], undefined)

function acceptedCases(): CircuitCase[] {
  const [age, district, text] = values as [Scalar, Scalar, Scalar]
  const eight = [1n, 2n, 3n, 4n, 5n, 6n, district, 8n]
  const asked: Readonly<Record<string, readonly Predicate[]>> = {
    nothing: [],
    'a range that ends at the value on both sides': [range(age, age)],
    'a range from nothing to the largest number': [range(0n, most32)],
    'a range of which the value is the least': [range(age, most32)],
    'a range of which the value is the most': [range(0n, age)],
    'one of eight values': [nothing, predicate(eight, undefined)],
    'one of eight values, the last': [nothing, predicate(eight.toReversed(), undefined)],
    'a text disclosed': [nothing, nothing, predicate([text], undefined)],
    'that the last value is absent': [nothing, nothing, nothing, predicate([0n], undefined)],
    'four things': [range(age - 1n, age + 1n), predicate([district], undefined), predicate([1n, text], undefined), range(0n, 0n)],
    'one value in a range and in a set': [predicate([1n, age], { least: age, most: age })],
  }
  const large = { ...opening, values: [most32, most32, most32, most32] }
  return [
    ...Object.entries(asked).map(([title, predicates]) => ({ title, inputs: inputsOf({ predicates }) })),
    { title: 'the last day', inputs: inputsOf({ today: opening.expiry }) },
    { title: 'the first day of all', inputs: inputsOf({ today: 0 }) },
    { title: 'the largest numbers', inputs: inputsOf({ opening: large, predicates: Array.from({ length: 4 }, () => range(0n, most32)) }) },
    { title: 'an expiry far off', inputs: inputsOf({ opening: { ...opening, expiry: 2 ** 32 - 1 }, today: 0 }) },
  ]
}

function ranges(): CircuitCase[] {
  return values.flatMap((value, place) => {
    // Of the text, a range ends far below it.
    const nearest = value > most32 ? 1000n : value
    const misses = {
      'one below the least': range(nearest + 1n, nearest + 10n),
      'one above the most': range(modulo(nearest - 10n), modulo(nearest - 1n)),
    }
    return Object.entries(misses).flatMap(([title, missed]) => {
      const inputs = inputsOf({ predicates: Array.from({ length: 4 }, (_, other) => (other === place ? missed : nothing)) })
      const bounds = { leastBits: modulo(value - missed.least), mostBits: modulo(missed.most - value) }
      return Object.entries(bounds).flatMap(([hint, difference]) =>
        difference <= most32
          ? []
          : forgedBits(difference).map(({ kind, bits }) => ({
              title: `a value ${place} that is ${title}, ${hint} ${kind}`,
              inputs: replaced(inputs, hint, place * hintBits, bits),
            })),
      )
    })
  })
}

function expired(): CircuitCase[] {
  return [1, 2, 30_000].flatMap(days => {
    const inputs = inputsOf({ today: opening.expiry + days })
    return forgedBits(modulo(BigInt(-days))).map(({ kind, bits }) => ({
      title: `a credential that expired ${days} days ago, bits ${kind}`,
      inputs: { ...inputs, expiryBits: bits },
    }))
  })
}

/** Hints for a number that is not in the range: each makes up for the whole difference at one place. */
function forgedBits(difference: Scalar): { kind: string; bits: Scalar[] }[] {
  const low = Array.from({ length: hintBits }, (_, bit) => (difference >> BigInt(bit + 1)) & 1n)
  return [
    { kind: 'of its lowest part', bits: low },
    { kind: 'all 0', bits: low.map(() => 0n) },
    ...low.map((_, bit) => ({
      kind: `all in bit ${bit + 1}`,
      bits: low.map((_, other) => (other === bit ? quotient(difference, 2n ** BigInt(bit + 1)) : 0n)),
    })),
  ]
}

function polynomials(): CircuitCase[] {
  const sets: Readonly<Record<string, readonly Scalar[]>> = {
    'one other value': [1n],
    'the values before and after it': [-1n, 1n],
    'eight others': [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n],
    'its negative': [],
  }
  return values.flatMap((value, place) =>
    Object.entries(sets).map(([title, differences]) => {
      const others =
        differences.length === 0 ? [modulo(value === 0n ? 1n : -value)] : differences.map(difference => modulo(value + difference))
      const predicates = Array.from({ length: 4 }, (_, other) => (other === place ? predicate(others, undefined) : nothing))
      return { title: `a value ${place} of which was asked ${title}`, inputs: inputsOf({ predicates }) }
    }),
  )
}

/** The commitment is the credential's own, everything else fits what is claimed. */
function otherOpenings(): CircuitCase[] {
  const claims: Readonly<Record<string, Opening>> = {
    'another meta': { ...opening, meta: opening.meta + 1n },
    'a later expiry': { ...opening, expiry: opening.expiry + 1 },
    'another secret': { ...opening, secret: opening.secret + 1n },
    'another opening': { ...opening, opening: opening.opening + 1n },
    'values in another order': { ...opening, values: values.toReversed() },
    ...Object.fromEntries(
      values.map((value, place) => [`another value ${place}`, { ...opening, values: values.with(place, value + 1n) }] as const),
    ),
  }
  const { commitment } = shownOf(opening, {})
  return Object.entries(claims).map(([title, claim]) => ({ title, inputs: inputsOf({ opening: claim, shown: { commitment } }) }))
}

function otherPublicInputs(): CircuitCase[] {
  const asked = inputsOf({ predicates: [range(43_000n, 44_000n), predicate([7n], undefined)] })
  const [other, scope] = [random('other secret'), random('scope')]
  return [
    ...['commitment', 'meta', 'scope', 'nullifier'].map(name => ({
      title: `another ${name}`,
      inputs: changed(asked, name, 0, value => value + 1n),
    })),
    { title: 'a nullifier of another secret', inputs: { ...asked, nullifier: [poseidon(domains.nullifier, [other, scope])] } },
    { title: 'a nullifier of no secret', inputs: { ...asked, nullifier: [poseidon(domains.nullifier, [scope, scope])] } },
    { title: 'a nullifier of another scope', inputs: { ...asked, nullifier: [poseidon(domains.nullifier, [opening.secret, scope + 1n])] } },
    { title: 'a nullifier of another kind of hash', inputs: { ...asked, nullifier: [poseidon(domains.holder, [opening.secret, scope])] } },
    { title: 'a nullifier without a tag', inputs: { ...asked, nullifier: [poseidon(0n, [opening.secret, scope])] } },
    // Each number of a predicate that holds, changed so that it does not.
    ...asked.asked!.flatMap((_, place) => {
      const constant = place % 12 === 3
      return constant ? [{ title: `another number ${place} asked`, inputs: changed(asked, 'asked', place, value => value + 1n) }] : []
    }),
    ...[4, 5, 6, 7, 8, 9, 10, 11].map(place => ({
      title: `another number ${place} asked`,
      inputs: changed(asked, 'asked', place, value => value + 1n),
    })),
  ]
}

function range(least: Scalar, most: Scalar): Predicate {
  return predicate([], { least, most })
}

/** Zeros of the polynomial, and a range. */
function predicate(zeros: readonly Scalar[], bounds: { least: Scalar; most: Scalar } | undefined): Predicate {
  let polynomial: readonly Scalar[] = zeros.length === 0 ? [0n] : [1n]
  for (const zero of zeros) polynomial = [0n, ...polynomial].map((shifted, power) => modulo(shifted - zero * (polynomial[power] ?? 0n)))
  const coefficients = Array.from({ length: 9 }, (_, power) => polynomial[power] ?? 0n)
  return { ranged: bounds === undefined ? 0n : 1n, least: bounds?.least ?? 0n, most: bounds?.most ?? 0n, coefficients }
}

function inputsOf(options: {
  readonly opening?: Opening
  readonly today?: number
  readonly predicates?: readonly Predicate[]
  readonly shown?: Partial<ShowInputs>
}): CircuitInputs {
  const { opening: opened = opening, today = 80_000, predicates = [], shown = {} } = options
  const four = Array.from({ length: 4 }, (_, place) => predicates[place] ?? nothing)
  return showInputs(opened, { ...shownOf(opened, { today, predicates: four }), ...shown })
}

function shownOf({ values, meta, expiry, secret, opening }: Opening, asked: Partial<ShowInputs>): ShowInputs {
  const scope = random('scope')
  return {
    commitment: poseidon(domains.opening, [...values, meta, BigInt(expiry), secret, opening]),
    meta,
    today: 80_000,
    scope,
    nullifier: poseidon(domains.nullifier, [secret, scope]),
    context: random('context'),
    predicates: [],
    ...asked,
  }
}

function random(name: string): Scalar {
  return hashToScalar(utf8ToBytes(`show ${name}`))
}
