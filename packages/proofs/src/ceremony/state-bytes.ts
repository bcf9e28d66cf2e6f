import { ByteReader, ByteWriter } from '@hufu/primitives'
import { g1Size, g2Size } from '../groth16/point-encoding.ts'
import type { CircuitPhase } from './circuit-phase.ts'
import type { PowersOfTau } from './powers-of-tau.ts'

/** Bounds what a file may make us allocate. */
const maxDomainSize = 2 ** 20

/** Phase 1 as a file: the domain's size, then the points. */
export function encodePowers({ domainSize, tauG1, tauG2, alphaTauG1, betaTauG1, betaG2 }: PowersOfTau): Uint8Array {
  return new ByteWriter().varUint(domainSize).bytes(tauG1).bytes(tauG2).bytes(alphaTauG1).bytes(betaTauG1).bytes(betaG2).toBytes()
}

/** @throws EncodingError */
export function decodePowers(bytes: Uint8Array): PowersOfTau {
  const reader = new ByteReader(bytes)
  const domainSize = reader.varUint(maxDomainSize)
  const powers = {
    domainSize,
    tauG1: reader.bytes((2 * domainSize - 1) * g1Size),
    tauG2: reader.bytes(domainSize * g2Size),
    alphaTauG1: reader.bytes(domainSize * g1Size),
    betaTauG1: reader.bytes(domainSize * g1Size),
    betaG2: reader.bytes(g2Size),
  }
  reader.end()
  return powers
}

/** Phase 2 of a circuit as a file: δ in both groups, then both rows with their numbers of points. */
export function encodeCircuitPhase({ deltaG1, deltaG2, l, h }: CircuitPhase): Uint8Array {
  const writer = new ByteWriter().bytes(deltaG1).bytes(deltaG2)
  for (const row of [l, h]) writer.varUint(row.length / g1Size).bytes(row)
  return writer.toBytes()
}

/** @throws EncodingError */
export function decodeCircuitPhase(bytes: Uint8Array): CircuitPhase {
  const reader = new ByteReader(bytes)
  const deltaG1 = reader.bytes(g1Size)
  const deltaG2 = reader.bytes(g2Size)
  const [l, h] = [reader.bytes(reader.varUint(maxDomainSize) * g1Size), reader.bytes(reader.varUint(maxDomainSize) * g1Size)]
  reader.end()
  return { deltaG1, deltaG2, l, h }
}
