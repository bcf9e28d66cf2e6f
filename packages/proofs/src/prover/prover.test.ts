import { describe, expect, test } from 'vitest'
import type { KeyPart } from './key-parts.ts'
import { Prover } from './prover.ts'
import type { Step, StepAnswer, StepRequest, WorkerLike } from './worker-calls.ts'

// Workers that answer by hand: what is tested is who is asked for what, and when.
const parts: readonly (readonly KeyPart[])[] = [
  [
    { section: 'h', from: 0, to: 7, cost: 7 },
    { section: 'l', from: 0, to: 4, cost: 4 },
  ],
  [
    { section: 'a', from: 0, to: 5, cost: 5 },
    { section: 'bG1', from: 0, to: 3, cost: 3 },
    { section: 'bG2', from: 0, to: 3, cost: 8 },
  ],
]
const [witness, quotient, proof] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)]
const inputs = { x: [3n] }
const blinding = { r: 5n, s: 7n }

type Answer = (request: StepRequest, rank: number) => unknown

const right: Answer = ({ step, args }, rank) => {
  if (step === 'load') return parts[rank]
  if (step === 'solve') return witness
  if (step === 'quotient') return quotient
  if (step === 'sum') return Uint8Array.of(rank, args[1] as number)
  return step === 'assemble' ? proof : undefined
}

/** Records what each worker was asked; `hold` keeps the answers of a step back until `release`. */
class HandWorkers {
  readonly asked: { readonly rank: number; readonly step: Step; readonly args: readonly unknown[] }[] = []
  readonly created: WorkerLike[] = []
  answer: Answer = right
  #held: (() => void)[] = []
  #hold: Step | undefined
  readonly #dying: (() => void)[] = []

  readonly create = (): WorkerLike => {
    const rank = this.created.length % 2
    const listeners: ((event: { readonly data: unknown }) => void)[] = []
    const worker: WorkerLike = {
      postMessage: message => {
        const request = message as StepRequest
        this.asked.push({ rank, step: request.step, args: request.args })
        const reply = (): void => {
          for (const listener of listeners) listener({ data: this.#answerTo(request, rank) })
        }
        if (request.step === this.#hold) this.#held.push(reply)
        else queueMicrotask(reply)
      },
      addEventListener: (type: 'message' | 'error', listener: (event: { readonly data: unknown }) => void) => {
        if (type === 'message') listeners.push(listener)
        else this.#dying.push(() => listener({ data: undefined }))
      },
      terminate: () => undefined,
    }
    this.created.push(worker)
    return worker
  }

  hold(step: Step): void {
    this.#hold = step
  }

  release(): void {
    this.#hold = undefined
    for (const reply of this.#held.splice(0)) reply()
  }

  die(): void {
    for (const fail of this.#dying.splice(0)) fail()
  }

  steps(): readonly Step[] {
    return this.asked.map(({ step }) => step)
  }

  #answerTo(request: StepRequest, rank: number): StepAnswer {
    const result = this.answer(request, rank)
    if (result instanceof Error) return { id: request.id, failure: { code: 'ERR_PROOF_UNSATISFIED', message: result.message } }
    return { id: request.id, result }
  }
}

function start(): { readonly workers: HandWorkers; readonly prover: Prover; readonly opened: string[] } {
  const workers = new HandWorkers()
  const opened: string[] = []
  const files = async (name: string) => {
    opened.push(name)
    return { circuit: new Uint8Array(), provingKey: new Uint8Array() }
  }
  return { workers, opened, prover: new Prover({ createWorker: workers.create, files }) }
}

const code = (expected: string) => expect.objectContaining({ code: expected })
const turns = async (count = 30): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}

describe('Prover', () => {
  test('starts workers when first needed, loads each circuit once, and gives each worker its parts', async () => {
    const { workers, prover, opened } = start()
    expect(workers.created).toHaveLength(0)
    expect(await prover.prove('show', inputs, { blinding })).toEqual(proof)
    await prover.prove('show', inputs, { blinding })
    expect(opened).toEqual(['show'])
    expect(workers.created).toHaveLength(2)
    const sums = workers.asked.filter(({ step }) => step === 'sum').slice(0, 5)
    const asked = sums.map(({ rank, args }) => ({ rank, part: args[1], values: args[2] })).toSorted((a, b) => a.rank - b.rank)
    expect(asked).toEqual([
      { rank: 0, part: 0, values: quotient },
      { rank: 0, part: 1, values: witness },
      { rank: 1, part: 0, values: witness },
      { rank: 1, part: 1, values: witness },
      { rank: 1, part: 2, values: witness },
    ])
    const assembled = workers.asked.find(({ step }) => step === 'assemble')!
    const points = {
      h: [Uint8Array.of(0, 0)],
      l: [Uint8Array.of(0, 1)],
      a: [Uint8Array.of(1, 0)],
      bG1: [Uint8Array.of(1, 1)],
      bG2: [Uint8Array.of(1, 2)],
    }
    expect(assembled.args).toEqual(['show', points, blinding])
  })

  test('blinds every proof anew', async () => {
    const { workers, prover } = start()
    for (let round = 0; round < 3; round++) await prover.prove('show', inputs)
    const used = workers.asked.filter(({ step }) => step === 'assemble').map(({ args }) => args[2] as { r: bigint; s: bigint })
    expect(new Set(used.flatMap(({ r, s }) => [r, s])).size).toBe(6)
  })

  test('tells its progress, rising to 1', async () => {
    const progress: number[] = []
    await start().prover.prove('show', inputs, { onProgress: fraction => progress.push(fraction) })
    expect(progress).toHaveLength(6)
    expect(progress).toEqual(progress.toSorted((left, right) => left - right))
    expect(progress.at(-1)).toBe(1)
    expect(progress.at(-2)).toBeLessThan(1)
  })

  test('makes one proof at a time', async () => {
    const { workers, prover } = start()
    await Promise.all([prover.prove('show', inputs), prover.prove('show', inputs)])
    const order = workers.steps().filter(step => step === 'solve' || step === 'assemble')
    expect(order).toEqual(['solve', 'assemble', 'solve', 'assemble'])
  })

  test('is cancelled at once, asks for nothing more, and goes on with the next proof', async () => {
    const { workers, prover } = start()
    await prover.prepare('show')
    workers.hold('sum')
    const controller = new AbortController()
    const cancelled = prover.prove('show', inputs, { signal: controller.signal })
    await turns()
    controller.abort()
    await expect(cancelled).rejects.toEqual(code('ERR_PROOF_CANCELLED'))
    const next = prover.prove('show', inputs)
    await turns()
    // The workers are still at the cancelled proof's first parts.
    expect(workers.steps().filter(step => step === 'solve')).toHaveLength(1)
    workers.release()
    expect(await next).toEqual(proof)
    expect(workers.steps().filter(step => step === 'assemble')).toHaveLength(1)
    expect(workers.steps().filter(step => step === 'sum')).toHaveLength(2 + 5)
  })

  test('does not begin what was cancelled before', async () => {
    const { workers, prover } = start()
    await expect(prover.prove('show', inputs, { signal: AbortSignal.abort() })).rejects.toEqual(code('ERR_PROOF_CANCELLED'))
    expect(workers.asked).toEqual([])
  })

  test('passes on why a step failed, and can be used again', async () => {
    const { workers, prover } = start()
    workers.answer = (request, rank) => (request.step === 'solve' ? new Error('no') : right(request, rank))
    await expect(prover.prove('show', inputs)).rejects.toEqual(code('ERR_PROOF_UNSATISFIED'))
    workers.answer = right
    expect(await prover.prove('show', inputs)).toEqual(proof)
    expect(workers.created).toHaveLength(2)
  })

  test('starts new workers after one has died', async () => {
    const { workers, prover, opened } = start()
    await prover.prepare('show')
    workers.hold('solve')
    const lost = prover.prove('show', inputs)
    await turns()
    workers.die()
    await expect(lost).rejects.toEqual(code('ERR_PROOF_WORKER'))
    workers.release()
    expect(await prover.prove('show', inputs)).toEqual(proof)
    expect(workers.created).toHaveLength(4)
    expect(opened).toEqual(['show', 'show'])
  })

  test('rejects what is under way when it is closed', async () => {
    const { workers, prover } = start()
    await prover.prepare('show')
    workers.hold('solve')
    const lost = prover.prove('show', inputs)
    await turns()
    prover.close()
    await expect(lost).rejects.toEqual(code('ERR_PROOF_WORKER'))
  })
})
