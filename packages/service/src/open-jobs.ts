import { randomUUID } from 'node:crypto'
import type { Json } from '@hufu/primitives'
import { afterCommit } from './after-commit.ts'
import type { ClockWatch } from './clock-watch.ts'
import type { Database } from './database.ts'
import { countJobs, type JobCounts, JobTable, type TakenJob } from './job-table.ts'
import type { Jobs } from './jobs.ts'

export interface JobsOptions {
  /** Told of work that failed: it will be done again. */
  readonly onError?: (error: unknown, kind: string) => void
  /** How often work of other replicas and work that has come due is looked for; default 200 ms. Work of this process is seen at once. */
  readonly pollMs?: number
  /** How long a replica that says nothing keeps what it took; default 10,000 ms. */
  readonly leaseMs?: number
  /** No work is begun while it does not confirm the clock: what goes by the time could delete what is still needed. */
  readonly clockWatch?: Pick<ClockWatch, 'confirm'> | undefined
  /** First pause after a failure, doubled each time up to 15 minutes; default 1,000 ms. */
  readonly retryMs?: number
}

export interface OpenedJobs extends Jobs {
  /** For metrics. */
  counts(): Promise<JobCounts>
}

interface Worker {
  readonly kind: string
  readonly handler: (payload: Json, signal: AbortSignal) => Promise<void>
  readonly atOnce: number
  readonly everyMs: number | undefined
  /** False until the rhythm is written down. */
  isScheduled: boolean
  readonly running: Set<Promise<void>>
}

/**
 * Background work in the table of `jobMigrations`. Work is done at least once: handlers bear being called again with what they have done. It is never given up;
 * work that keeps failing is counted, and tried every 15 minutes.
 *
 * Payloads hold identifiers, no personal data: they are not sealed.
 */
export function openJobs(database: Database, options: JobsOptions = {}): OpenedJobs {
  const { onError = () => undefined, pollMs = 200, leaseMs = 10_000, retryMs = 1_000, clockWatch } = options
  const table = new JobTable(database, { leaseMs, retryMs })
  const workers = new Map<string, Worker>()
  /** One for each job that is being done. */
  const underWay = new Set<AbortController>()
  let isClosing = false
  let isWoken = false
  let endPause: () => void = () => undefined
  let loop: Promise<void> | undefined

  function wake(): void {
    isWoken = true
    endPause()
  }

  async function poll(): Promise<void> {
    while (!isClosing) {
      isWoken = false
      await look().catch(error => onError(error, 'looking for work'))
      if (!isWoken) await pauseUntilWoken()
    }
  }

  function pauseUntilWoken(): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, pollMs)
      endPause = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async function look(): Promise<void> {
    if (!(await isClockRight())) return
    for (const worker of workers.values())
      if (worker.everyMs !== undefined && !worker.isScheduled) {
        await table.schedule(worker.kind, worker.everyMs)
        worker.isScheduled = true
      }
    await table.sendScheduled([...workers.values()].filter(isRegular).map(({ kind }) => kind))
    const free = [...workers.values()].filter(({ running, atOnce }) => running.size < atOnce)
    for (const kind of await table.dueKinds(free.map(({ kind }) => kind))) await fill(workers.get(kind)!)
  }

  /** Whoever watches the clock is told of it there, not at every look. */
  async function isClockRight(): Promise<boolean> {
    try {
      await clockWatch?.confirm()
      return true
    } catch {
      return false
    }
  }

  async function fill(worker: Worker): Promise<void> {
    while (worker.running.size < worker.atOnce && !isClosing) {
      const job = await table.take(worker.kind, randomUUID())
      if (job === undefined) return
      const done = run(worker, job).finally(() => {
        worker.running.delete(done)
        // There may be more of it.
        wake()
      })
      worker.running.add(done)
    }
  }

  async function run({ kind, handler }: Worker, job: TakenJob): Promise<void> {
    const broken = new AbortController()
    underWay.add(broken)
    const renewing = setInterval(() => {
      table.renew(job).then(
        isOurs => isOurs || broken.abort(),
        error => onError(error, kind),
      )
    }, leaseMs / 3)
    try {
      await handler(job.payload, broken.signal)
      await table.finish(job)
    } catch (error) {
      onError(error, kind)
      await table.postpone(job, isClosing).catch(failure => onError(failure, kind))
    } finally {
      clearInterval(renewing)
      underWay.delete(broken)
    }
  }

  return {
    async send(queries, kind, payload, { key, afterMs = 0 } = {}) {
      await table.send(queries, { kind, payload, key, afterMs })
      if (afterMs === 0) afterCommit(queries, () => wake())
    },
    work(kind, handler, { atOnce = 1, everyMs } = {}) {
      if (workers.has(kind)) throw new TypeError(`jobs: ${kind} has a handler already`)
      workers.set(kind, { kind, handler, atOnce, everyMs, isScheduled: false, running: new Set() })
      loop ??= poll()
      wake()
    },
    counts: () => countJobs(database),
    async close() {
      isClosing = true
      wake()
      for (const broken of underWay) broken.abort()
      await loop
      await Promise.all([...workers.values()].flatMap(({ running }) => [...running]))
    },
  }
}

function isRegular({ everyMs }: Worker): boolean {
  return everyMs !== undefined
}
