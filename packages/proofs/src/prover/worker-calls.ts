import { ProofError, type ProofErrorCode } from '../errors.ts'
import type { ShareProver } from './share-prover.ts'

/** Steps that a worker does when asked. */
export type Step = 'load' | 'unload' | 'solve' | 'quotient' | 'sum' | 'assemble'

/** What the page sends to a worker. */
export interface StepRequest {
  readonly id: number
  readonly step: Step
  readonly args: readonly unknown[]
}

/** What a worker answers: the result, or why there is none. */
export type StepAnswer = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly failure: StepFailure }

/** An error as it travels; without a code, one that nobody expected. */
export interface StepFailure {
  readonly code: ProofErrorCode | undefined
  readonly message: string
}

/** What is used of a worker; that of browsers is one. */
export interface WorkerLike {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'error', listener: (event: unknown) => void): void
  terminate(): void
}

/** One worker, asked by calls. */
export class WorkerCalls {
  readonly #worker: WorkerLike
  readonly #waiting = new Map<number, { resolve(result: unknown): void; reject(error: unknown): void }>()
  #lastId = 0
  #hasFailed = false

  constructor(worker: WorkerLike) {
    this.#worker = worker
    worker.addEventListener('message', ({ data }) => this.#answer(data as StepAnswer))
    worker.addEventListener('error', event => this.#fail(event))
  }

  /** True once the worker died: it answers nothing any more. */
  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** @throws ProofError `ERR_PROOF_WORKER`: the worker died; and whatever the step throws */
  call<Name extends Step>(step: Name, ...args: Parameters<ShareProver[Name]>): Promise<Awaited<ReturnType<ShareProver[Name]>>> {
    if (this.#hasFailed) return Promise.reject(workerFailed())
    const id = ++this.#lastId
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#waiting.set(id, { resolve, reject })
    this.#worker.postMessage({ id, step, args } satisfies StepRequest)
    return promise as Promise<Awaited<ReturnType<ShareProver[Name]>>>
  }

  /** Ends the worker; calls without an answer are rejected. */
  end(): void {
    this.#worker.terminate()
    this.#fail(undefined)
  }

  #answer(answer: StepAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('failure' in answer) waiting?.reject(errorOf(answer.failure))
    else waiting?.resolve(answer.result)
  }

  #fail(cause: unknown): void {
    this.#hasFailed = true
    for (const { reject } of this.#waiting.values()) reject(workerFailed(cause))
    this.#waiting.clear()
  }
}

function errorOf({ code, message }: StepFailure): Error {
  return code === undefined ? new ProofError('ERR_PROOF_WORKER', `prover: a step failed: ${message}`) : new ProofError(code, message)
}

function workerFailed(cause?: unknown): ProofError {
  return new ProofError('ERR_PROOF_WORKER', 'prover: the worker ended', { cause })
}
