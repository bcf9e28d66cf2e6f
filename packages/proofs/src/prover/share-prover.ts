import { equalBytes, sha256 } from '@hufu/primitives'
import type { Circuit } from '../circuit/circuit.ts'
import { parseCircuit } from '../circuit/parse-circuit.ts'
import { type CircuitInputs, type Solution, solveWitness } from '../circuit/solve-witness.ts'
import { ProofError } from '../errors.ts'
import { domainSizeOf } from '../field/evaluation-domain.ts'
import type { ScalarEngine } from '../field/scalar-engine.ts'
import { scalarSize } from '../field/scalar-field.ts'
import type { CurveEngine, Points } from '../wasm/engine.ts'
import { assembleProof, type FixedPoints, type SectionSums } from './assemble-proof.ts'
import type { Blinding } from './blinding.ts'
import { divideKey, type KeyPart, pointsOf, wiresOf } from './key-parts.ts'
import { type ProvingKey, parseProvingKey } from './proving-key.ts'

export interface Engines {
  readonly curve: Pick<CurveEngine, 'load' | 'free' | 'msm'>
  readonly scalars: Pick<ScalarEngine, 'quotient'>
}

/** The files that a prover needs of a circuit. */
export interface CircuitFiles {
  readonly circuit: Uint8Array
  readonly provingKey: Uint8Array
}

/** Which share of a key: of worker `rank`, counted from 0, among so many. */
export interface Share {
  readonly rank: number
  readonly workers: number
}

interface LoadedPart {
  readonly part: KeyPart
  readonly points: Points
  readonly wires: Uint32Array | undefined
}

interface LoadedShare {
  readonly circuit: Circuit
  readonly fixed: FixedPoints
  readonly parts: readonly LoadedPart[]
  /** What was solved last, until its quotient is taken. */
  solution: Solution | undefined
}

/**
 * One worker's share of the proving: it holds circuits and its parts of their keys, and does one step at a time. Its memory is that of the loaded points,
 * and of one proof at a time.
 */
export class ShareProver {
  readonly #engines: Engines
  readonly #loaded = new Map<string, LoadedShare>()

  constructor(engines: Engines) {
    this.#engines = engines
  }

  /**
   * Loads a circuit and a share of its key.
   *
   * @returns the parts that this share has
   * @throws ProofError `ERR_PROOF_CIRCUIT`, `ERR_PROOF_KEY`, `ERR_PROOF_POINT`
   */
  load(name: string, files: CircuitFiles, { rank, workers }: Share): readonly KeyPart[] {
    this.unload(name)
    const circuit = parseCircuit(files.circuit)
    const key = parseProvingKey(files.provingKey)
    requireSameCircuit(circuit, key, files.circuit)
    const { alphaG1, betaG1, deltaG1, betaG2, deltaG2 } = key
    const parts: LoadedPart[] = []
    this.#loaded.set(name, { circuit, fixed: { alphaG1, betaG1, deltaG1, betaG2, deltaG2 }, parts, solution: undefined })
    for (const part of divideKey(key, workers)[rank]!) {
      const points = this.#engines.curve.load(part.section === 'bG2' ? 'G2' : 'G1', pointsOf(key, part), { checkSubgroup: false })
      parts.push({ part, points, wires: wiresOf(key, part) })
    }
    return parts.map(({ part }) => part)
  }

  /** Forgets a circuit and its key. */
  unload(name: string): void {
    for (const { points } of this.#loaded.get(name)?.parts ?? []) this.#engines.curve.free(points)
    this.#loaded.delete(name)
  }

  /**
   * Finds the values of all wires.
   *
   * @returns one scalar a wire, 32 bytes each
   * @throws ProofError `ERR_PROOF_INPUT`, `ERR_PROOF_SCALAR`: inputs that the circuit does not have; `ERR_PROOF_UNSATISFIED`: what they claim does not hold
   */
  solve(name: string, inputs: CircuitInputs): Uint8Array {
    const share = this.#share(name)
    share.solution = solveWitness(share.circuit, inputs)
    return share.solution.witness
  }

  /** The quotient of what was solved last: one scalar for each point of section h. */
  quotient(name: string): Uint8Array {
    const share = this.#share(name)
    const { circuit, solution } = share
    if (solution === undefined) throw new TypeError('quotient: expected a solved circuit')
    share.solution = undefined
    const domainSize = domainSizeOf(circuit)
    const column = (values: Uint8Array, bound: Uint8Array = new Uint8Array()): Uint8Array => {
      const rows = new Uint8Array(domainSize * scalarSize)
      rows.set(values)
      // Rows of their own for the constant 1 and each public input: the input alone in A, 0 in B and C.
      rows.set(bound, circuit.constraintCount * scalarSize)
      return rows
    }
    const bound = solution.witness.subarray(0, (circuit.publicCount + 1) * scalarSize)
    return this.#engines.scalars.quotient(column(solution.a, bound), column(solution.b), column(solution.c), domainSize)
  }

  /**
   * One of the share's parts, multiplied and added up.
   *
   * @param index - of the part, in the order of {@link load}
   * @param values - the witness, or for a part of section h the quotient
   * @returns a compressed point, also infinity
   */
  sum(name: string, index: number, values: Uint8Array): Uint8Array {
    const { part, points, wires } = this.#share(name).parts[index]!
    const scalars = wires === undefined ? values.subarray(part.from * scalarSize, part.to * scalarSize) : gather(values, wires)
    return this.#engines.curve.msm(points, scalars)
  }

  /** The proof out of all workers' sums. */
  assemble(name: string, sums: SectionSums, blinding: Blinding): Uint8Array {
    return assembleProof(this.#engines.curve, this.#share(name).fixed, sums, blinding)
  }

  #share(name: string): LoadedShare {
    const share = this.#loaded.get(name)
    if (share === undefined) throw new TypeError('prover: expected a circuit that was loaded')
    return share
  }
}

function requireSameCircuit(circuit: Circuit, key: ProvingKey, circuitFile: Uint8Array): void {
  const isSame =
    key.circuit === circuit.name &&
    key.wireCount === circuit.wireCount &&
    key.publicCount === circuit.publicCount &&
    key.domainSize === domainSizeOf(circuit) &&
    equalBytes(key.circuitHash, sha256(circuitFile))
  if (!isSame) throw new ProofError('ERR_PROOF_KEY', 'proving key: expected one of this circuit')
}

function gather(values: Uint8Array, wires: Uint32Array): Uint8Array {
  const gathered = new Uint8Array(wires.length * scalarSize)
  for (const [place, wire] of wires.entries()) gathered.set(values.subarray(wire * scalarSize, (wire + 1) * scalarSize), place * scalarSize)
  return gathered
}
