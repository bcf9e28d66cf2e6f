import { concatBytes } from '@hufu/primitives'
import type { Circuit, SparseRows } from '../circuit/circuit.ts'
import { ProofError } from '../errors.ts'
import { domainSizeOf } from '../field/evaluation-domain.ts'
import { invertScalar } from '../field/invert-scalar.ts'
import { type Scalar, scalarModulus, scalarSize, scalarToBytes } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import { g1Size, g2Size } from '../groth16/point-encoding.ts'
import { type CeremonyEngine, type Randomness, withPoints } from './ceremony-engine.ts'
import { checkKnowledge, hasRatioInG2, type KnowledgeProof, parseG1, parseG2, proveKnowledge, refused } from './knowledge-proof.ts'
import { generatorG1, generatorG2, type PowersOfTau } from './powers-of-tau.ts'
import { randomCombination } from './random-combination.ts'

/** Phase 2 of one circuit: what changes with each contribution. */
export interface CircuitPhase {
  readonly deltaG1: Uint8Array
  readonly deltaG2: Uint8Array
  /** One point for each private wire, divided by δ. */
  readonly l: Uint8Array
  /** τ^i·Z(τ)/δ, one fewer than the domain has elements. */
  readonly h: Uint8Array
}

/** What phase 1 and the circuit fix for good; points are compressed, infinity for a wire that a matrix does not have. */
export interface CircuitBase {
  readonly domainSize: number
  readonly alphaG1: Uint8Array
  readonly betaG1: Uint8Array
  readonly betaG2: Uint8Array
  /** One point a wire. */
  readonly a: Uint8Array
  readonly bG1: Uint8Array
  readonly bG2: Uint8Array
  /** One point for the constant 1 and each public input. */
  readonly ic: Uint8Array
}

/** Works out what phase 1 and the circuit fix: for keys alone, and most of it takes long in G2. */
export type MakeCircuitBase = () => CircuitBase

/**
 * Turns the powers of phase 1 into the start of a circuit's phase 2, with δ = 1. Anybody who has both gets the same.
 *
 * @throws ProofError `ERR_PROOF_CEREMONY`: the circuit has more rows than the powers bear
 */
export function startCircuitPhase(
  engine: CeremonyEngine,
  powers: PowersOfTau,
  circuit: Circuit,
): { readonly makeBase: MakeCircuitBase; readonly phase: CircuitPhase } {
  const domainSize = domainSizeOf(circuit)
  if (domainSize > powers.domainSize) throw new ProofError('ERR_PROOF_CEREMONY', 'ceremony: the circuit has more rows than phase 1 bears')
  const lagrange = (group: 'G1' | 'G2', points: Uint8Array): Uint8Array =>
    withPoints(engine, engine.load(group, points.slice(0, domainSize * (group === 'G1' ? g1Size : g2Size))), loaded =>
      engine.lagrange(loaded),
    )
  const scalars = concatBytes(circuit.coefficients, scalarToBytes(1n))
  // Made just now of points whose subgroup was checked.
  const combine = (group: 'G1' | 'G2', points: Uint8Array, columns: Columns): Uint8Array =>
    withPoints(engine, engine.load(group, points, { checkSubgroup: false }), loaded => engine.combine(loaded, columns, scalars))
  const tauG1 = lagrange('G1', powers.tauG1)
  const aColumns = columnsOf(circuit, circuit.a, true)
  const bColumns = columnsOf(circuit, circuit.b, false)
  const k = combine(
    'G1',
    concatBytes(lagrange('G1', powers.betaTauG1), lagrange('G1', powers.alphaTauG1), tauG1),
    joinColumns([aColumns, bColumns, columnsOf(circuit, circuit.c, false)], domainSize),
  )
  const icSize = (circuit.publicCount + 1) * g1Size
  return {
    makeBase: () => ({
      domainSize,
      alphaG1: powers.alphaTauG1.slice(0, g1Size),
      betaG1: powers.betaTauG1.slice(0, g1Size),
      betaG2: powers.betaG2,
      a: combine('G1', tauG1, aColumns),
      bG1: combine('G1', tauG1, bColumns),
      bG2: combine('G2', lagrange('G2', powers.tauG2), bColumns),
      ic: k.slice(0, icSize),
    }),
    phase: { deltaG1: generatorG1, deltaG2: generatorG2, l: k.slice(icSize), h: vanishingPowers(engine, powers, domainSize) },
  }
}

/** Multiplies a secret into δ. */
export function contributeDelta(
  engine: CeremonyEngine,
  before: CircuitPhase,
  delta: Scalar,
  challenge: Uint8Array,
): { readonly phase: CircuitPhase; readonly proof: KnowledgeProof } {
  const inverse = invertScalar(delta)
  const scale = (group: 'G1' | 'G2', points: Uint8Array, factor: Scalar): Uint8Array =>
    withPoints(engine, engine.load(group, points), loaded =>
      engine.scaleEach(loaded, scalarsToBytes(Array.from({ length: loaded.count }, () => factor))),
    )
  const phase = {
    deltaG1: scale('G1', before.deltaG1, delta),
    deltaG2: scale('G2', before.deltaG2, delta),
    l: scale('G1', before.l, inverse),
    h: scale('G1', before.h, inverse),
  }
  return { phase, proof: proveKnowledge(challenge, 'delta', delta) }
}

/** Checks that a contribution multiplied a secret that its contributor knew into δ. @throws ProofError `ERR_PROOF_CEREMONY`, `ERR_PROOF_POINT` */
export function checkDeltaStep(deltaBefore: Uint8Array, deltaAfter: Uint8Array, proof: KnowledgeProof, challenge: Uint8Array): void {
  const ratio = checkKnowledge(challenge, 'delta', proof)
  if (!hasRatioInG2(parseG1(deltaBefore), parseG1(deltaAfter), ratio)) throw refused('the step from the contribution before in delta')
}

/**
 * Checks that a phase is its start with all contributions to δ divided out of its points.
 *
 * @throws ProofError `ERR_PROOF_CEREMONY`, `ERR_PROOF_POINT`
 */
export function checkCircuitPhase(engine: CeremonyEngine, start: CircuitPhase, phase: CircuitPhase, randomness: Randomness): void {
  const inG2 = { one: parseG2(start.deltaG2), factor: parseG2(phase.deltaG2) }
  if (!hasRatioInG2(parseG1(start.deltaG1), parseG1(phase.deltaG1), inG2)) throw refused('delta in both groups')
  // What the points lost, δ gained: after · δ after = before · δ before.
  const gained = { one: inG2.factor, factor: inG2.one }
  for (const row of ['l', 'h'] as const) {
    if (phase[row].length !== start[row].length) throw refused(`the number of points of ${row}`)
    const { low, high } = randomCombination(engine, 'G1', [start[row], phase[row]], randomness)
    if (!hasRatioInG2(parseG1(low), parseG1(high), gained)) throw refused(`the row ${row}`)
  }
}

/** A matrix by wires: term t of wire w, for `offsets[w]` ≤ t < `offsets[w + 1]`, is a coefficient of the circuit times a point of a row. */
interface Columns {
  readonly offsets: Uint32Array
  readonly points: Uint32Array
  readonly scalars: Uint32Array
}

/** The rows that bind the constant 1 and the public inputs stand after the circuit's own in the first matrix. */
function columnsOf(circuit: Circuit, { offsets, wires, coefficients }: SparseRows, bindsInputs: boolean): Columns {
  const rowsOfWire: number[][] = Array.from({ length: circuit.wireCount }, () => [])
  const scalarsOfWire: number[][] = Array.from({ length: circuit.wireCount }, () => [])
  for (let row = 0; row < circuit.constraintCount; row++) {
    for (let term = offsets[row]!; term < offsets[row + 1]!; term++) {
      rowsOfWire[wires[term]!]!.push(row)
      scalarsOfWire[wires[term]!]!.push(coefficients[term]!)
    }
  }
  if (bindsInputs) {
    const one = circuit.coefficients.length / scalarSize
    for (let wire = 0; wire <= circuit.publicCount; wire++) {
      rowsOfWire[wire]!.push(circuit.constraintCount + wire)
      scalarsOfWire[wire]!.push(one)
    }
  }
  const ends = [0]
  for (const rows of rowsOfWire) ends.push(ends.at(-1)! + rows.length)
  return { offsets: Uint32Array.from(ends), points: Uint32Array.from(rowsOfWire.flat()), scalars: Uint32Array.from(scalarsOfWire.flat()) }
}

/** For each wire the sum over several matrices, each with points of its own for the rows. */
function joinColumns(matrices: readonly Columns[], rowCount: number): Columns {
  const wireCount = matrices[0]!.offsets.length - 1
  const points: number[] = []
  const scalars: number[] = []
  const ends = [0]
  for (let wire = 0; wire < wireCount; wire++) {
    for (const [index, matrix] of matrices.entries()) {
      for (let term = matrix.offsets[wire]!; term < matrix.offsets[wire + 1]!; term++) {
        points.push(index * rowCount + matrix.points[term]!)
        scalars.push(matrix.scalars[term]!)
      }
    }
    ends.push(points.length)
  }
  return { offsets: Uint32Array.from(ends), points: Uint32Array.from(points), scalars: Uint32Array.from(scalars) }
}

/** τ^i·(τⁿ − 1) for i from 0 to n − 2. */
function vanishingPowers(engine: CeremonyEngine, powers: PowersOfTau, domainSize: number): Uint8Array {
  const count = domainSize - 1
  const columns: Columns = {
    offsets: Uint32Array.from({ length: count + 1 }, (_, index) => 2 * index),
    points: Uint32Array.from({ length: 2 * count }, (_, term) => (term >> 1) + (term % 2) * domainSize),
    scalars: Uint32Array.from({ length: 2 * count }, (_, term) => 1 - (term % 2)),
  }
  const needed = powers.tauG1.slice(0, (2 * domainSize - 1) * g1Size)
  return withPoints(engine, engine.load('G1', needed), loaded => engine.combine(loaded, columns, scalarsToBytes([1n, scalarModulus - 1n])))
}
