import type { CircuitName } from '@hufu/proofs'
import type { CircuitCases } from './circuit-case.ts'
import { pairCases } from './pair-cases.ts'
import { prepareCases } from './prepare-cases.ts'
import { showCases } from './show-cases.ts'

/** For each circuit inputs that it must accept, and their neighbours that it must refuse. */
export const circuitCases: Readonly<Record<CircuitName, () => CircuitCases>> = { prepare: prepareCases, show: showCases, pair: pairCases }
