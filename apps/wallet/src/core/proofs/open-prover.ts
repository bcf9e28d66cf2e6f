import { Prover } from '@hufu/proofs/prover'
import type { circuitFilesOf } from './circuit-files.ts'

/** A prover in Web Workers: as many as there are processors, but two at most. */
export function openProver(files: ReturnType<typeof circuitFilesOf>): Prover {
  return new Prover({
    createWorker: () => new Worker(new URL('./prover.worker.ts', import.meta.url), { type: 'module' }),
    workers: Math.min(2, Math.max(1, navigator.hardwareConcurrency ?? 1)),
    files,
  })
}
