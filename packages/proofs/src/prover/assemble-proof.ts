import { concatBytes } from '@hufu/primitives'
import { type Scalar, scalarModulus } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'
import type { CurveEngine } from '../wasm/engine.ts'
import type { Blinding } from './blinding.ts'
import type { SectionName } from './key-parts.ts'
import type { ProvingKey } from './proving-key.ts'

/** Points, compressed, that add up to the sum over each section of the key. */
export type SectionSums = Readonly<Record<SectionName, readonly Uint8Array[]>>

/** The points of a key that stand for no wire. */
export type FixedPoints = Pick<ProvingKey, 'alphaG1' | 'betaG1' | 'deltaG1' | 'betaG2' | 'deltaG2'>

type Term = readonly [point: Uint8Array, factor: Scalar]

const infinityFlag = 0x40

/**
 * A = α + ΣA + r·δ, B = β + ΣB + s·δ, C = ΣL + ΣH + s·A + r·B − r·s·δ (with B in G1), written out so that all three are sums of what is known.
 *
 * @returns A ‖ B ‖ C, compressed, 192 bytes
 */
export function assembleProof(
  engine: Pick<CurveEngine, 'load' | 'free' | 'msm'>,
  { alphaG1, betaG1, deltaG1, betaG2, deltaG2 }: FixedPoints,
  sums: SectionSums,
  { r, s }: Blinding,
): Uint8Array {
  const times = (factor: Scalar, points: readonly Uint8Array[]): Term[] => points.map(point => [point, factor])
  const a = sumOf(engine, 'G1', [...times(1n, [alphaG1, ...sums.a]), [deltaG1, r]])
  const b = sumOf(engine, 'G2', [...times(1n, [betaG2, ...sums.bG2]), [deltaG2, s]])
  const c = sumOf(engine, 'G1', [
    ...times(1n, [...sums.l, ...sums.h]),
    ...times(s, [alphaG1, ...sums.a]),
    ...times(r, [betaG1, ...sums.bG1]),
    [deltaG1, (r * s) % scalarModulus],
  ])
  return concatBytes(a, b, c)
}

function sumOf(engine: Pick<CurveEngine, 'load' | 'free' | 'msm'>, group: 'G1' | 'G2', terms: readonly Term[]): Uint8Array {
  const finite = terms.filter(([point]) => (point[0]! & infinityFlag) === 0)
  const points = engine.load(group, concatBytes(...finite.map(([point]) => point)), { checkSubgroup: false })
  try {
    return engine.msm(points, scalarsToBytes(finite.map(([, factor]) => factor)))
  } finally {
    engine.free(points)
  }
}
