import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { type CircuitFiles, type CircuitName, Prover, type WorkerLike } from '@hufu/proofs'
import { circuitFile, developmentKeyFile } from './index.ts'

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
  const worker = new Worker(new URL('./prover-worker.ts', import.meta.url))
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
