import type { Comparison } from '../compare.ts'
import { openProving } from '../fixtures/proving-process.ts'

const proofsPerRun = 3

/** PREPARE proved by our runtime and by snarkjs. */
export const provePrepare: Comparison = {
  name: 'prove-prepare',
  description: 'prove PREPARE, warm, two threads, from the inputs; or with snarkjs 0.7.6, the same key, from the solved witness',
  rounds: 7,
  measures: [
    { figure: 'secondsPerProof', of: 'A/B', goal: { atMost: 0.5 } },
    { figure: 'peakMebibytes', of: 'A/B', goal: { atMost: 0.7 } },
    { figure: 'cpuSecondsPerProof', of: 'A/B' },
  ],
  open: () => openProving('prepare', proofsPerRun),
}
