import { NativeVerifier } from '@hufu/service'
import type { Comparison } from '../compare.ts'
import { closeSnarkjs, makeShowProofs, snarkjsVerifier } from '../fixtures/show-proofs.ts'
import { timed } from '../fixtures/timed.ts'

const batchSize = 64
const batchesPerRun = 10
const proofsPerRun = 100

/** One proof after the other, each answered before the next is given. */
export const verifyProofNative: Comparison = nativeComparison({
  name: 'verify-proof-native',
  description: 'verify SHOW with the native verifier, one after the other; or with snarkjs 0.7.6, which is given points that are parsed',
  goal: 8,
  claimsPerCall: 1,
  calls: proofsPerRun,
})

/** Many proofs together, beside the peer's one by one: it knows no batches. */
export const verifyBatchNative: Comparison = nativeComparison({
  name: 'verify-batch-native',
  description: `verify ${batchSize} proofs of SHOW together with the native verifier; or one after the other with snarkjs 0.7.6`,
  goal: 25,
  claimsPerCall: batchSize,
  calls: batchesPerRun,
})

function nativeComparison(options: {
  readonly name: string
  readonly description: string
  readonly goal: number
  readonly claimsPerCall: number
  readonly calls: number
}): Comparison {
  const { name, description, goal, claimsPerCall, calls } = options
  return {
    name,
    description,
    rounds: 11,
    // Of a process of its own, so nothing is known of its share of the processors.
    measures: [{ figure: 'perSecond', of: 'A/B', goal: { atLeast: goal } }],
    async open() {
      const claims = await makeShowProofs(batchSize)
      const verifier = new NativeVerifier()
      const call = async (from: number) => {
        const part = Array.from({ length: claimsPerCall }, (_, index) => claims[(from + index) % claims.length]!)
        if ((await verifier.verifyBatch(part)).some(refusal => refusal !== null)) throw new Error('expected good proofs')
      }
      const [first] = claims
      const wrong = { ...first!, publicInputs: first!.publicInputs.with(0, first!.publicInputs[0]! + 1n) }
      if ((await verifier.verifyBatch([wrong]))[0]?.code !== 'ERR_PROOF_INVALID') throw new Error('expected a wrong proof to be refused')
      const verifyWithSnarkjs = snarkjsVerifier(claims)
      return {
        a: {
          name: 'hufu, native',
          run: () =>
            timed(claimsPerCall * calls, async () => {
              for (let index = 0; index < calls; index++) await call(index)
            }),
        },
        b: {
          name: 'snarkjs 0.7.6',
          run: () =>
            timed(proofsPerRun, async () => {
              for (let proof = 0; proof < proofsPerRun; proof++) await verifyWithSnarkjs()
            }),
        },
        close: async () => {
          await verifier.close()
          await closeSnarkjs()
        },
      }
    },
  }
}
