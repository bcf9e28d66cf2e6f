import { createVerifier } from '@hufu/proofs'
import type { Comparison } from '../compare.ts'
import { closeSnarkjs, expectSameVerdicts, makeShowProofs, snarkjsVerifier } from '../fixtures/show-proofs.ts'
import { timed } from '../fixtures/timed.ts'
import { npmPeer } from '../peers.ts'

const batchSize = 64
const batchesPerRun = 8
const peersPerRun = 32

/** Many proofs together, beside the peer's one by one: it knows no batches. */
export const verifyBatch: Comparison = {
  name: 'verify-batch',
  description: `verify ${batchSize} proofs of SHOW together; or one after the other with snarkjs`,
  peer: () => npmPeer('snarkjs'),
  measures: [{ figure: 'perSecond', of: 'A/B', goal: { atLeast: 6 } }],
  async open() {
    const claims = await makeShowProofs(batchSize)
    const verifier = await createVerifier()
    await expectSameVerdicts(verifier, claims[0]!)
    const verifyWithSnarkjs = snarkjsVerifier(claims)
    return {
      a: {
        name: 'hufu',
        run: () =>
          timed(batchSize * batchesPerRun, async () => {
            for (let batch = 0; batch < batchesPerRun; batch++) {
              if (verifier.verifyBatch(claims).some(refusal => refusal !== null)) throw new Error('expected good proofs')
            }
          }),
      },
      b: {
        name: 'snarkjs',
        run: () =>
          timed(peersPerRun, async () => {
            for (let proof = 0; proof < peersPerRun; proof++) await verifyWithSnarkjs()
          }),
      },
      close: closeSnarkjs,
    }
  },
}
