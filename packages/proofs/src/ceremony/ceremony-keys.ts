import { hexToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { parseG1, parseG2 } from '../groth16/curve-point.ts'
import { g1Size, g2Size } from '../groth16/point-encoding.ts'
import type { VerifyingKey } from '../groth16/verifying-key.ts'
import { keySection, type ProvingKey } from '../prover/proving-key.ts'
import { type Ceremony, type CeremonyCircuit, turnOf } from './ceremony.ts'
import type { MakeCircuitBase } from './circuit-phase.ts'
import { generatorG2 } from './powers-of-tau.ts'
import { transcriptHash } from './transcript.ts'

/**
 * The keys of a circuit out of a ceremony that has ended and was checked.
 *
 * @param makeBase - as `checkCeremony` gives it
 * @throws ProofError `ERR_PROOF_CEREMONY`: contributions are still missing
 */
export function ceremonyKeys(
  ceremony: Ceremony,
  { circuit, sha256 }: CeremonyCircuit,
  makeBase: MakeCircuitBase,
): { readonly provingKey: ProvingKey; readonly verifyingKey: VerifyingKey } {
  const phase = ceremony.circuits[circuit.name]
  if (phase === undefined || !('done' in turnOf(ceremony.transcript)))
    throw new ProofError('ERR_PROOF_CEREMONY', 'ceremony: contributions are still missing')
  const base = makeBase()
  const origin = {
    circuit: circuit.name,
    development: false,
    circuitHash: hexToBytes(sha256),
    transcriptHash: transcriptHash(ceremony.transcript),
  }
  const inputs = Array.from({ length: circuit.publicCount + 1 }, (_, index) =>
    parseG1(base.ic.slice(index * g1Size, (index + 1) * g1Size), `IC ${index}`),
  )
  return {
    provingKey: {
      ...origin,
      domainSize: base.domainSize,
      wireCount: circuit.wireCount,
      publicCount: circuit.publicCount,
      alphaG1: base.alphaG1,
      betaG1: base.betaG1,
      deltaG1: phase.deltaG1,
      betaG2: base.betaG2,
      deltaG2: phase.deltaG2,
      a: keySection(base.a, g1Size),
      bG1: keySection(base.bG1, g1Size),
      bG2: keySection(base.bG2, g2Size),
      l: keySection(phase.l, g1Size, circuit.publicCount + 1),
      h: phase.h,
    },
    verifyingKey: {
      ...origin,
      alpha: parseG1(base.alphaG1, 'alpha'),
      beta: parseG2(base.betaG2, 'beta'),
      gamma: parseG2(generatorG2, 'gamma'),
      delta: parseG2(phase.deltaG2, 'delta'),
      inputs,
    },
  }
}
