import { createVerifier } from '@hufu/proofs'
import type { Comparison } from '../compare.ts'
import { closeSnarkjs, expectSameVerdicts, makeShowProofs, snarkjsVerifier } from '../fixtures/show-proofs.ts'
import { timed } from '../fixtures/timed.ts'
import { npmPeer } from '../peers.ts'

const proofsPerRun = 200
const peersPerRun = 32

/** One proof after the other. */
export const verifyProof: Comparison = {
  name: 'verify-proof',
  description: 'verify SHOW, 192 bytes and 54 public inputs, one after the other; or with snarkjs, which is given points that are parsed',
  peer: () => npmPeer('snarkjs'),
  measures: [{ figure: 'perSecond', of: 'A/B', goal: { atLeast: 3 } }],
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
