import type { Comparison } from '../compare.ts'
import { openProving } from '../fixtures/proving-process.ts'
import { npmPeer } from '../peers.ts'

const proofsPerRun = 2

/** PREPARE proved by our runtime and by snarkjs. */
export const provePrepare: Comparison = {
  name: 'prove-prepare',
  description: 'prove PREPARE, warm, two threads, from the inputs; or with snarkjs, the same key, from the solved witness',
  peer: () => npmPeer('snarkjs'),
  measures: [
    { figure: 'secondsPerProof', of: 'A/B', goal: { atMost: 0.5 } },
    { figure: 'peakMebibytes', of: 'A/B', goal: { atMost: 0.7 } },
  ],
  open: () => openProving('prepare', proofsPerRun),
}
