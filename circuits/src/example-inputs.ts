import type { CircuitInputs, CircuitName } from '@hufu/proofs'
import { circuitCases } from './circuit-cases.ts'

const titles: Readonly<Record<CircuitName, string>> = { prepare: 'a credential', show: 'four things', pair: 'two credentials' }

/** Inputs that satisfy a circuit: a usual case, for tests and measurements. */
export function exampleInputs(name: CircuitName): CircuitInputs {
  return circuitCases[name]().accepted.find(({ title }) => title === titles[name])!.inputs
}
