import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import type { CircuitFiles, CircuitName, WorkerLike } from '@hufu/proofs'
// Not all of the package: whoever only proves needs a third of it.
import { Prover } from '@hufu/proofs/prover'
import { circuitFile, developmentKeyFile } from './circuit-files.ts'

/** What a worker makes is soon garbage: more room for it is memory that lies idle. */
const maxYoungGenerationSizeMb = 4

export interface NodeProverOptions {
  /** Default 2. */
  readonly workers?: number
  /** Default: the circuits of this package and their development keys. */
  readonly files?: (circuit: string) => Promise<CircuitFiles>
}

/** A prover on Node's worker threads. Call its `close` in the end: workers keep no process alive, but they keep their memory. */
export function createNodeProver({ workers = 2, files = readDevelopmentFiles }: NodeProverOptions = {}): Prover {
  return new Prover({ createWorker: startProverWorker, workers, files })
}

/** A circuit and its development key. */
export async function readDevelopmentFiles(name: string): Promise<CircuitFiles> {
  const [circuit, provingKey] = await Promise.all([
    readFile(circuitFile(name as CircuitName)),
    readFile(developmentKeyFile(name as CircuitName)),
  ])
  return { circuit, provingKey }
}

function startProverWorker(): WorkerLike {
  const worker = new Worker(new URL('./prover-worker.ts', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb } })
  worker.unref()
  return {
    postMessage: message => worker.postMessage(message),
    addEventListener(type: 'message' | 'error', listener: (event: { readonly data: unknown }) => void) {
      if (type === 'message') worker.on('message', data => listener({ data }))
      else for (const end of ['error', 'exit'] as const) worker.on(end, cause => listener(cause))
    },
    terminate: () => void worker.terminate(),
  }
}
