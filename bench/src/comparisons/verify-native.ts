import { NativeVerifier } from '@hufu/service'
import type { Comparison, Side } from '../compare.ts'
import { type ClosingSteps, closedOnFailure } from '../fixtures/closed-on-failure.ts'
import { gnarkModule, startGnark } from '../fixtures/gnark-process.ts'
import { closeSnarkjs, makeShowProofs, type ShowProofs, snarkjsVerifier } from '../fixtures/show-proofs.ts'
import { timed } from '../fixtures/timed.ts'
import { goPeer, npmPeer } from '../peers.ts'

const batchSize = 64
const batchesPerRun = 10
const proofsPerRun = 200

/** A peer that verifies proofs one after the other, from points that are parsed: opened, and checked to refuse what is wrong. */
interface Peer {
  readonly title: string
  version(): string
  readonly proofsPerRun: number
  /** @returns verifies so many proofs, all of which must hold */
  open(claims: ShowProofs, wrong: ShowProofs, steps: ClosingSteps): Promise<(count: number) => Promise<void>>
}

const snarkjs: Peer = {
  title: 'snarkjs',
  version: () => npmPeer('snarkjs'),
  proofsPerRun: 32,
  async open(claims, wrong, steps) {
    steps.push(closeSnarkjs)
    if (await snarkjsVerifier(wrong)()) throw new Error('expected snarkjs to refuse a wrong proof')
    const verify = snarkjsVerifier(claims)
    return async count => {
      for (let proof = 0; proof < count; proof++) if (!(await verify())) throw new Error('expected good proofs')
    }
  },
}

const gnark: Peer = {
  title: 'gnark',
  version: () => goPeer('github.com/consensys/gnark', gnarkModule),
  proofsPerRun: 200,
  async open(claims, wrong, steps) {
    const refusing = await startGnark(wrong)
    const refused = (await refusing.verify(wrong.length)).refused
    await refusing.close()
    if (refused !== wrong.length) throw new Error('expected gnark to refuse wrong proofs')
    const { verify, close } = await startGnark(claims)
    steps.push(close)
    return async count => {
      if ((await verify(count)).refused > 0) throw new Error('expected good proofs')
    }
  },
}

const single = { claimsPerCall: 1, calls: proofsPerRun, text: 'one after the other' } as const
const batch = { claimsPerCall: batchSize, calls: batchesPerRun, text: `${batchSize} together` } as const

/** One proof after the other, each answered before the next is given. */
export const verifyProofNative = nativeComparison('verify-proof-native', single, snarkjs, 8)
/** Many proofs together, beside the peer's one by one: it knows no batches. */
export const verifyBatchNative = nativeComparison('verify-batch-native', batch, snarkjs, 25)
/** The same beside the library that ours is built from the lower half of: what a pipe and our checks of encodings cost. */
export const verifyProofGnark = nativeComparison('verify-proof-gnark', single, gnark)
/** What batches gain over it, which knows none. */
export const verifyBatchGnark = nativeComparison('verify-batch-gnark', batch, gnark)

function nativeComparison(
  name: string,
  { claimsPerCall, calls, text }: { readonly claimsPerCall: number; readonly calls: number; readonly text: string },
  peer: Peer,
  goal?: number,
): Comparison {
  return {
    name,
    description: `verify SHOW with the native verifier, ${text}; or with ${peer.title}, one after the other, which is given points that are parsed`,
    peer: peer.version,
    measures: [{ figure: 'perSecond', of: 'A/B', ...(goal === undefined ? {} : { goal: { atLeast: goal } }) }],
    open: () =>
      closedOnFailure(async steps => {
        const claims = await makeShowProofs(batchSize)
        const wrong = wrongNeighbours(claims)
        const verifier = new NativeVerifier()
        steps.push(() => verifier.close())
        const answers = await verifier.verifyBatch(wrong)
        if (answers.some(refusal => refusal === null)) throw new Error('expected wrong proofs to be refused')
        const verifyWithPeer = await peer.open(claims, wrong, steps)
        return {
          a: native(verifier, claims, claimsPerCall, calls),
          b: { name: peer.title, run: () => timed(peer.proofsPerRun, () => verifyWithPeer(peer.proofsPerRun)) },
        }
      }),
  }
}

function native(verifier: NativeVerifier, claims: ShowProofs, claimsPerCall: number, calls: number): Side {
  const call = async (from: number) => {
    const part = Array.from({ length: claimsPerCall }, (_, index) => claims[(from + index) % claims.length]!)
    if ((await verifier.verifyBatch(part)).some(refusal => refusal !== null)) throw new Error('expected good proofs')
  }
  return {
    name: 'hufu, native',
    run: () =>
      timed(claimsPerCall * calls, async () => {
        for (let index = 0; index < calls; index++) await call(index)
      }),
  }
}

/** What both must refuse: other inputs, a proof of another run in part, points exchanged. */
function wrongNeighbours([first, second]: ShowProofs): ShowProofs {
  const { proof, publicInputs } = first!
  const exchanged = Uint8Array.of(...proof.subarray(144), ...proof.subarray(48, 144), ...proof.subarray(0, 48))
  const mixed = Uint8Array.of(...proof.subarray(0, 144), ...second!.proof.subarray(144))
  return [
    { ...first!, publicInputs: publicInputs.with(0, publicInputs[0]! + 1n) },
    { ...first!, proof: exchanged },
    { ...first!, proof: mixed },
  ]
}
