import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { CircuitName } from '../circuit/circuit-names.ts'
import { parseCircuit } from '../circuit/parse-circuit.ts'
import { type CircuitInputs, solveWitness } from '../circuit/solve-witness.ts'
import { scalarModulus, toScalar } from '../field/scalar-field.ts'
import { checkByModel } from './circuit-model-fixture.ts'
import type { ProofMaker } from './prepare-credential.ts'
import { presentCredential } from './present-credential.ts'
import { compiled, concessionType, fakeProver, newSecret, statementOf, today, verifier, World } from './presentation-fixture.ts'

const circuits = Object.fromEntries(
  (['prepare', 'show', 'pair'] as const).map(name => [
    name,
    parseCircuit(new Uint8Array(readFileSync(new URL(`../../../../circuits/compiled/${name}.circuit`, import.meta.url)))),
  ]),
) as Record<CircuitName, ReturnType<typeof parseCircuit>>

/** Inputs of each circuit, as a wallet gives them to its prover. */
const recorded: Record<string, CircuitInputs> = {}
const recorder: ProofMaker = {
  prove: (circuit, inputs) => {
    recorded[circuit] = inputs
    return fakeProver.prove(circuit, inputs)
  },
}
const secret = newSecret()
const [residents, concessions] = [new World(), new World(concessionType)]
for (let index = 0; index < 9; index++) residents.issue(newSecret(), { birth_date: '2001-01-01' })
const resident = residents.issue(secret, { name: '张伟', sex: '2', birth_date: '1990-02-28', city_code: '990100' })
const concession = concessions.issue(secret, { fare_percent: 50, city_code: '990100' })
const asks = [
  compiled(
    statementOf([
      { claim: 'birth_date', ageAtLeast: 18 },
      { claim: 'sex', in: ['1', '2'] },
      { claim: 'name', disclose: true },
    ]),
    today,
    ['city_code'],
  ),
  compiled(statementOf([{ claim: 'fare_percent', atMost: 50 }], { credentialType: concessionType }), today, ['city_code']),
] as const
// The second first, so that what stays recorded is the first's.
const pairWith = {
  credential: concession.credential,
  prepared: await concessions.prepare(concession, asks[1], recorder),
  statement: asks[1],
  equalCount: 1,
}
const show = { credential: resident.credential, prepared: await residents.prepare(resident, asks[0], recorder), statement: asks[0] }
await presentCredential({ prover: recorder, secret, challenge: { verifier, nonce: 'n' }, show, pairWith })

/** What a circuit or the model says of inputs. */
function outcome(check: () => unknown): string {
  try {
    check()
    return 'satisfied'
  } catch (error) {
    return (error as { code: string }).code
  }
}

const perInput = Number(process.env.CASES ?? 0) > 0 ? Number.POSITIVE_INFINITY : 1

describe.each(['prepare', 'show', 'pair'] as const)('%s', name => {
  const inputs = recorded[name]!

  test('means in the circuit what the specification says: both take what a wallet proves', () => {
    expect(outcome(() => solveWitness(circuits[name], inputs))).toBe('satisfied')
    const names = circuits[name].inputs.slice(0).filter(({ firstWire }) => firstWire <= circuits[name].publicCount)
    expect(checkByModel(name, inputs)).toEqual(names.flatMap(input => inputs[input.name]!))
  })

  test('and both refuse the same changed inputs', () => {
    for (const [input, values] of Object.entries(inputs)) {
      const step = Math.ceil(values.length / perInput)
      for (let index = Math.floor(values.length / 2) % step; index < values.length; index += step || 1) {
        for (const change of [1n, scalarModulus - 1n]) {
          const changed = { ...inputs, [input]: values.with(index, toScalar(values[index]! + change)) }
          const [circuit, model] = [outcome(() => solveWitness(circuits[name], changed)), outcome(() => checkByModel(name, changed))]
          expect([input, index, change, circuit]).toEqual([input, index, change, model])
        }
      }
    }
  })
})

test.each([
  ['SHOW', 'show', ['context']],
  ['PAIR', 'pair', ['context']],
] as const)('%s asks nothing of the context, and of all else something', (_, name, free) => {
  const inputs = recorded[name]!
  const indifferent = Object.keys(inputs).filter(input => {
    const changed = { ...inputs, [input]: inputs[input]!.map(value => toScalar(value + 2n ** 40n)) }
    return outcome(() => checkByModel(name, changed)) === 'satisfied'
  })
  expect(indifferent).toEqual(free)
})
