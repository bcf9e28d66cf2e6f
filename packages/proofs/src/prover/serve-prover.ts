import { ProofError } from '../errors.ts'
import { createScalarEngine } from '../field/scalar-engine.ts'
import { createCurveEngine } from '../wasm/engine.ts'
import { type Engines, ShareProver } from './share-prover.ts'
import type { StepAnswer, StepFailure, StepRequest } from './worker-calls.ts'

/** The page's end of a worker, seen from inside: `self` in a browser, `parentPort` in Node. */
export interface WorkerPort {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
}

/** Turns this thread into one of a prover's workers: it answers what `port` asks. The whole script of a worker calls this and nothing else. */
export function serveProver(port: WorkerPort, engines: Promise<Engines> = createEngines()): void {
  const ready = engines.then(made => new ShareProver(made))
  // Told to whoever asks for a step.
  ready.catch(() => undefined)
  const answer = async ({ id, step, args }: StepRequest): Promise<StepAnswer> => {
    try {
      const prover = await ready
      const doStep = prover[step] as (...args: readonly unknown[]) => unknown
      return { id, result: doStep.apply(prover, args as unknown[]) }
    } catch (error) {
      return { id, failure: failureOf(error) }
    }
  }
  port.addEventListener('message', ({ data }) => {
    // Nobody but the page that started the worker can send to it.
    void answer(data as StepRequest).then(message => port.postMessage(message))
  })
}

async function createEngines(): Promise<Engines> {
  const [curve, scalars] = await Promise.all([createCurveEngine(), createScalarEngine()])
  return { curve, scalars }
}

function failureOf(error: unknown): StepFailure {
  if (error instanceof ProofError) return { code: error.code, message: error.message }
  return { code: undefined, message: error instanceof Error ? error.message : 'unknown' }
}
