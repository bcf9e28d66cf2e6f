import type { CircuitInputs } from '../circuit/solve-witness.ts'
import { ProofError } from '../errors.ts'
import type { SectionSums } from './assemble-proof.ts'
import { type Blinding, randomBlinding } from './blinding.ts'
import type { KeyPart, SectionName } from './key-parts.ts'
import type { CircuitFiles } from './share-prover.ts'
import { WorkerCalls, type WorkerLike } from './worker-calls.ts'

export interface ProverOptions {
  /** Starts a worker whose script calls `serveProver`. */
  readonly createWorker: () => WorkerLike
  /** Default 2. */
  readonly workers?: number
  /** Gives the files of a circuit, when it is first needed. */
  readonly files: (circuit: string) => Promise<CircuitFiles>
}

export interface ProveOptions {
  /** Gives up: the promise is rejected at once, and the prover can be used again as soon as its workers have ended the step that they are at. */
  readonly signal?: AbortSignal
  /** Called with the share of the work that is done, rising to 1. */
  readonly onProgress?: (fraction: number) => void
  /** For tests. By default it is fresh, and it must be. */
  readonly blinding?: Blinding
}

/** Solving and the quotient, in the units of a part's cost: for how progress is told. */
const solvingShare = 0.1

/**
 * Makes proofs in workers, one proof at a time, each with all of them. Starts them when first needed. It holds each circuit that was asked for, its key
 * once over all workers, and the values of one proof. Measured with two workers in Node: 60 MiB for the workers, 10 for SHOW, 60 more for PREPARE.
 */
export class Prover {
  readonly #options: ProverOptions
  #workers: readonly WorkerCalls[] = []
  readonly #loaded = new Map<string, readonly (readonly KeyPart[])[]>()
  /** Ends when nothing is at work any more. */
  #idle: Promise<unknown> = Promise.resolve()

  constructor(options: ProverOptions) {
    this.#options = options
  }

  /**
   * Loads a circuit and its key ahead, so that the first proof is as fast as the next.
   *
   * @throws ProofError `ERR_PROOF_CIRCUIT`, `ERR_PROOF_KEY`, `ERR_PROOF_POINT`, `ERR_PROOF_UNSUPPORTED`, `ERR_PROOF_WORKER`
   */
  prepare(circuit: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#load(circuit)
    })
  }

  /**
   * Proves that there are private inputs that fit the public ones.
   *
   * @param inputs - all of the circuit's, by name
   * @returns A ‖ B ‖ C, compressed, 192 bytes
   * @throws ProofError `ERR_PROOF_CANCELLED`: by the signal
   * @throws ProofError `ERR_PROOF_INPUT`, `ERR_PROOF_SCALAR`: inputs that the circuit does not have; `ERR_PROOF_UNSATISFIED`: what they claim does not hold
   * @throws ProofError `ERR_PROOF_WORKER`: a worker died; the next proof starts new ones; and whatever {@link prepare} throws
   */
  prove(circuit: string, inputs: CircuitInputs, options: ProveOptions = {}): Promise<Uint8Array> {
    const { signal } = options
    if (signal?.aborted === true) return Promise.reject(cancelled())
    const proof = this.#inTurn(() => this.#prove(circuit, inputs, options))
    return signal === undefined ? proof : untilAborted(proof, signal)
  }

  /** Ends the workers. Proofs under way are rejected; a later one would start new workers. */
  close(): void {
    for (const worker of this.#workers) worker.end()
    this.#workers = []
    this.#loaded.clear()
  }

  async #prove(
    circuit: string,
    inputs: CircuitInputs,
    { signal, onProgress, blinding = randomBlinding() }: ProveOptions,
  ): Promise<Uint8Array> {
    const shares = await this.#load(circuit)
    const workers = this.#workers
    const first = workers[0]!
    const step = stepCounter(shares.flat(), onProgress)
    const proceed = (): void => {
      if (signal?.aborted === true) throw cancelled()
    }

    proceed()
    const witness = await first.call('solve', circuit, inputs)
    proceed()
    const quotient = first.call('quotient', circuit)
    const sums: Record<SectionName, Uint8Array[]> = { a: [], bG1: [], bG2: [], l: [], h: [] }
    const work = shares.map(async (parts, rank) => {
      for (const [index, part] of inOrder(parts, rank)) {
        const values = part.section === 'h' ? await quotient : witness
        proceed()
        sums[part.section].push(await workers[rank]!.call('sum', circuit, index, values))
        step(part.cost)
      }
    })
    // All are waited for, even if one fails: nothing of this proof must still be under way when the next one starts.
    await allSettled([quotient, ...work])
    proceed()
    const proof = await first.call('assemble', circuit, sums satisfies SectionSums, blinding)
    onProgress?.(1)
    return proof
  }

  async #load(circuit: string): Promise<readonly (readonly KeyPart[])[]> {
    if (this.#workers.some(worker => worker.hasFailed)) this.close()
    const loaded = this.#loaded.get(circuit)
    if (loaded !== undefined) return loaded
    const { createWorker, workers = 2, files } = this.#options
    const opened = await files(circuit)
    if (this.#workers.length === 0) this.#workers = Array.from({ length: workers }, () => new WorkerCalls(createWorker()))
    const loading = this.#workers.map((worker, rank) => worker.call('load', circuit, opened, { rank, workers }))
    await allSettled(loading)
    const shares = await Promise.all(loading)
    this.#loaded.set(circuit, shares)
    return shares
  }

  #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = this.#idle.then(task)
    this.#idle = result.catch(() => undefined)
    return result
  }
}

/** What waits for the quotient comes last where others have to find it. */
function inOrder(parts: readonly KeyPart[], rank: number): readonly (readonly [number, KeyPart])[] {
  const indexed = [...parts.entries()]
  const waits = ([, { section }]: readonly [number, KeyPart]): number => (rank > 0 && section === 'h' ? 1 : 0)
  return indexed.toSorted((left, right) => waits(left) - waits(right))
}

/** Throws the first error once all have ended. */
async function allSettled(tasks: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(tasks)) if (outcome.status === 'rejected') throw outcome.reason
}

function stepCounter(parts: readonly KeyPart[], onProgress: ((fraction: number) => void) | undefined): (cost: number) => void {
  const total = parts.reduce((sum, { cost }) => sum + cost, 0) * (1 + solvingShare)
  let done = total - total / (1 + solvingShare)
  return cost => {
    done += cost
    onProgress?.(Math.min(done / total, 0.99))
  }
}

function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(cancelled())
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function cancelled(): ProofError {
  return new ProofError('ERR_PROOF_CANCELLED', 'proof: cancelled')
}
