import { sha256, utf8ToBytes } from '@hufu/primitives'
import type { Circuit } from '../circuit/circuit.ts'
import { domainSizeOf } from '../field/evaluation-domain.ts'
import { hashToScalar, type Scalar } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import { g1Generator, g2Generator, parseG1, parseG2 } from '../groth16/curve-point.ts'
import { g1Size, g2Size, writeG1, writeG2 } from '../groth16/point-encoding.ts'
import type { VerifyingKey } from '../groth16/verifying-key.ts'
import type { CurveEngine } from '../wasm/engine.ts'
import { keyScalars, type Trapdoor } from './key-scalars.ts'
import { keySection, type ProvingKey } from './proving-key.ts'

export interface KeyPair {
  readonly provingKey: ProvingKey
  readonly verifyingKey: VerifyingKey
}

/**
 * Keys for tests and the pilot: their secrets follow from the circuit's name, so anybody can make false proofs for them, and they say so. The same for everybody.
 *
 * @param circuit - parsed from `circuitFile`
 */
export function makeDevelopmentKeys(engine: Pick<CurveEngine, 'fixedBase'>, circuit: Circuit, circuitFile: Uint8Array): KeyPair {
  const trapdoor = developmentTrapdoor(circuit.name)
  const scalars = keyScalars(circuit, trapdoor)
  const g1 = (values: readonly Scalar[]): Uint8Array => engine.fixedBase('G1', writeG1(g1Generator), scalarsToBytes(values))
  const g2 = (values: readonly Scalar[]): Uint8Array => engine.fixedBase('G2', writeG2(g2Generator), scalarsToBytes(values))
  const [alphaG1, betaG1, deltaG1] = [g1([trapdoor.alpha]), g1([trapdoor.beta]), g1([trapdoor.delta])]
  const [betaG2, deltaG2] = [g2([trapdoor.beta]), g2([trapdoor.delta])]
  const origin = {
    circuit: circuit.name,
    development: true,
    circuitHash: sha256(circuitFile),
    transcriptHash: new Uint8Array(32),
  }
  const inputs = g1(scalars.inputs)
  return {
    provingKey: {
      ...origin,
      domainSize: domainSizeOf(circuit),
      wireCount: circuit.wireCount,
      publicCount: circuit.publicCount,
      ...{ alphaG1, betaG1, deltaG1, betaG2, deltaG2 },
      a: keySection(g1(scalars.a), g1Size),
      bG1: keySection(g1(scalars.b), g1Size),
      bG2: keySection(g2(scalars.b), g2Size),
      l: keySection(g1(scalars.l), g1Size, circuit.publicCount + 1),
      h: g1(scalars.h),
    },
    verifyingKey: {
      ...origin,
      alpha: parseG1(alphaG1, 'alpha'),
      beta: parseG2(betaG2, 'beta'),
      gamma: g2Generator,
      delta: parseG2(deltaG2, 'delta'),
      inputs: scalars.inputs.map((_, index) => parseG1(inputs.subarray(index * g1Size, (index + 1) * g1Size), `IC ${index}`)),
    },
  }
}

/** The secrets of a circuit's development keys: known to everybody. */
export function developmentTrapdoor(circuitName: string): Trapdoor {
  const secret = (name: keyof Trapdoor): Scalar => hashToScalar(utf8ToBytes(`hufu development key: ${circuitName}: ${name}`))
  return { tau: secret('tau'), alpha: secret('alpha'), beta: secret('beta'), delta: secret('delta') }
}
