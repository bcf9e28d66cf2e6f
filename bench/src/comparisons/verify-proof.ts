import { createVerifier } from '@hufu/proofs'
import type { Comparison } from '../compare.ts'
import { closeSnarkjs, expectSameVerdicts, makeShowProofs, snarkjsVerifier } from '../fixtures/show-proofs.ts'
import { timed } from '../fixtures/timed.ts'

const proofsPerRun = 100

/** One proof after the other. */
export const verifyProof: Comparison = {
  name: 'verify-proof',
  description:
    'verify SHOW, 192 bytes and 54 public inputs, one after the other; or with snarkjs 0.7.6, which is given points that are parsed',
  rounds: 11,
  measures: [
    { figure: 'perSecond', of: 'A/B', goal: { atLeast: 3 } },
    { figure: 'perCpuSecond', of: 'A/B' },
  ],
  async open() {
    const claims = await makeShowProofs(10)
    const verifier = await createVerifier()
    await expectSameVerdicts(verifier, claims[0]!)
    const verifyWithSnarkjs = snarkjsVerifier(claims)
    return {
      a: {
        name: 'hufu',
        run: () =>
          timed(proofsPerRun, async () => {
            for (let proof = 0; proof < proofsPerRun; proof++) {
              const { key, proof: bytes, publicInputs } = claims[proof % claims.length]!
              verifier.verify(key, bytes, publicInputs)
            }
          }),
      },
      b: {
        name: 'snarkjs 0.7.6',
        run: () =>
          timed(proofsPerRun, async () => {
            for (let proof = 0; proof < proofsPerRun; proof++) await verifyWithSnarkjs()
          }),
      },
      close: closeSnarkjs,
    }
  },
}
