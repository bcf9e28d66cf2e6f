import { randomBytes } from 'node:crypto'
import { assert, asyncProperty, integer, shuffledSubarray } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { BatchRow } from './batch-row.ts'
import type { BatchRecord } from './batch-state.ts'
import { type BatchProgress, type IssueBatchOptions, issueBatch } from './issue-batch.ts'

type Allocation = { readonly statusIndex: number }
type Options = IssueBatchOptions<string, Allocation>

const secret = new Uint8Array(32).fill(7)
const credentialType = 'urn:hufu:resident'

function rowOf(index: number, content = `content ${index}`): BatchRow<string> {
  return { line: index + 2, column: { number: 1, name: 'resident_number' }, subject: `resident ${index}`, content }
}

const rows = Array.from({ length: 7 }, (_, index) => rowOf(index))

/** A machine that can die at any step: what is on its disk stays, what runs ends. */
class Machine {
  readonly records: BatchRecord<Allocation>[] = []
  /** The bureau's store of credentials. */
  readonly store = new Map<string, { readonly content: string; readonly statusIndex: number; readonly hash: string }>()
  /** Status indices are given out by something that survives, such as a database's sequence. */
  nextStatusIndex = 0
  stepsToLive = Number.POSITIVE_INFINITY

  #step(): void {
    if (this.stepsToLive-- <= 0) throw new Error('kill -9')
  }

  run(wanted: readonly BatchRow<string>[], options: Partial<Options> = {}) {
    return issueBatch<string, Allocation>({
      credentialType,
      rows: wanted,
      secret,
      records: [...this.records],
      journal: {
        append: async record => {
          this.#step()
          await Promise.resolve()
          this.records.push(record)
          this.#step()
        },
      },
      allocate: async () => {
        this.#step()
        const statusIndex = this.nextStatusIndex++
        this.#step()
        return { statusIndex }
      },
      issueOne: async ({ id, row, allocation }) => {
        this.#step()
        const kept = this.store.get(id)
        if (kept !== undefined) return { credentialHash: kept.hash }
        await Promise.resolve()
        // Signatures differ each time, so signing twice would show.
        const hash = randomBytes(8).toString('hex')
        this.#step()
        this.store.set(id, { content: row.content, ...allocation, hash })
        this.#step()
        return { credentialHash: hash }
      },
      ...options,
    })
  }

  /** What the outside sees: who got which content, each with a status index of its own and journalled as it is in the store. */
  outcome(): readonly string[] {
    const intents = this.records.filter(record => record.type === 'intent')
    const dones = this.records.filter(record => record.type === 'done')
    expect(intents.map(({ rowKey }) => rowKey).sort()).toEqual([...this.store.keys()].sort())
    expect(dones).toHaveLength(this.store.size)
    for (const { rowKey, allocation } of intents) expect(this.store.get(rowKey)?.statusIndex).toBe(allocation.statusIndex)
    for (const { rowKey, credentialHash } of dones) expect(this.store.get(rowKey)?.hash).toBe(credentialHash)
    expect(new Set([...this.store.values()].map(({ statusIndex }) => statusIndex)).size).toBe(this.store.size)
    return [...this.store].map(([id, { content }]) => `${id} ${content}`).sort()
  }
}

const uninterrupted = new Machine()
const firstCounts = await uninterrupted.run(rows)
const expected = uninterrupted.outcome()

describe('issueBatch', () => {
  test('issues a credential from each row', () => {
    expect(firstCounts).toEqual({ issued: 7, completed: 0, unchanged: 0, conflicts: 0, stopped: false })
    expect(expected.map(line => line.split(' ').slice(1).join(' ')).sort()).toEqual(rows.map(({ content }) => content))
  })

  test('issues nothing when called again', async () => {
    const machine = new Machine()
    await machine.run(rows)
    const records = machine.records.length
    expect(await machine.run(rows)).toEqual({ issued: 0, completed: 0, unchanged: 7, conflicts: 0, stopped: false })
    expect([machine.records.length, machine.outcome()]).toEqual([records, expected])
  })

  test.each([1, 3, 16])(
    'killed between any two steps, %i at once, then started again, it ends as if nothing had happened',
    async concurrency => {
      for (let steps = 0; ; steps++) {
        const machine = new Machine()
        machine.stepsToLive = steps
        const run = machine.run(rows, { concurrency })
        const died = await run.then(
          () => false,
          () => true,
        )
        const inStore = machine.store.size
        machine.stepsToLive = Number.POSITIVE_INFINITY
        const counts = await machine.run(rows, { concurrency })
        expect(machine.outcome()).toEqual(expected)
        expect(counts.issued + counts.unchanged).toBe(7)
        expect(counts.issued).toBeGreaterThanOrEqual(7 - inStore)
        if (!died) {
          expect(steps).toBeGreaterThan(7 * 8 - 1)
          return
        }
      }
    },
  )

  test('killed again and again, it still ends so', async () => {
    await assert(
      asyncProperty(integer({ min: 3, max: 20 }), integer({ min: 1, max: 8 }), async (steps, concurrency) => {
        const machine = new Machine()
        // A run dies after so many steps; each begins with what the last left.
        for (let life = 0; machine.store.size < 7 && life < 100; life++) {
          machine.stepsToLive = steps + life
          await machine.run(rows, { concurrency }).catch(() => undefined)
        }
        machine.stepsToLive = Number.POSITIVE_INFINITY
        await machine.run(rows, { concurrency })
        expect(machine.outcome()).toEqual(expected)
      }),
    )
  })

  test('in any order and in any files the outcome is the same', async () => {
    await assert(
      asyncProperty(
        shuffledSubarray(rows, { minLength: 7 }),
        shuffledSubarray(rows),
        integer({ min: 0, max: 7 }),
        integer({ min: 1, max: 16 }),
        async (shuffled, again, cut, concurrency) => {
          const machine = new Machine()
          await machine.run(shuffled.slice(0, cut), { concurrency })
          await machine.run(again, { concurrency })
          await machine.run(shuffled.slice(cut), { concurrency })
          expect(machine.outcome()).toEqual(expected)
        },
      ),
    )
  })

  test('a row that stands twice, also while the first is under way, is issued once', async () => {
    const machine = new Machine()
    expect(await machine.run([...rows, ...rows])).toMatchObject({ issued: 7, unchanged: 7 })
    expect(machine.outcome()).toEqual(expected)
  })

  test('a row that has changed is told and not issued, in a later run, in the same one, and after a crash', async () => {
    const changed = rowOf(3, 'moved')
    const told: number[] = []
    const onConflict = (row: BatchRow<string>): void => void told.push(row.line)
    const later = new Machine()
    await later.run(rows)
    expect(await later.run([changed], { onConflict })).toMatchObject({ issued: 0, conflicts: 1 })
    expect(later.outcome()).toEqual(expected)

    const same = new Machine()
    expect(await same.run([...rows, changed], { onConflict })).toMatchObject({ issued: 7, conflicts: 1 })

    const crashed = new Machine()
    crashed.stepsToLive = 4
    await expect(crashed.run([rowOf(3)])).rejects.toThrow('kill -9')
    crashed.stepsToLive = Number.POSITIVE_INFINITY
    expect(await crashed.run([changed], { onConflict })).toMatchObject({ issued: 0, conflicts: 1 })
    expect(await crashed.run([rowOf(3)])).toMatchObject({ issued: 1, completed: 1 })
    expect(told).toEqual([5, 5, 5])
  })

  test('another credential type is another credential', async () => {
    const machine = new Machine()
    await machine.run(rows)
    expect(await machine.run(rows, { credentialType: 'urn:hufu:transport-concession' })).toMatchObject({ issued: 7 })
    expect(machine.store.size).toBe(14)
  })

  test('its journal holds no personal data', async () => {
    const machine = new Machine()
    await machine.run(rows)
    expect(JSON.stringify(machine.records)).not.toMatch(/resident|content \d/)
    const other = new Machine()
    await other.run(rows, { secret: new Uint8Array(32).fill(8) })
    expect(other.records.map(({ rowKey }) => rowKey).filter(key => machine.records.some(({ rowKey }) => rowKey === key))).toEqual([])
  })

  test('refuses a secret that is too short', async () => {
    await expect(new Machine().run(rows, { secret: new Uint8Array(31) })).rejects.toThrow(TypeError)
  })

  test('stops when asked, after the orders under way', async () => {
    const machine = new Machine()
    const stop = new AbortController()
    const stopped = await machine.run(rows, {
      concurrency: 2,
      signal: stop.signal,
      onProgress: () => undefined,
      ...stopAfter(machine, 3, stop),
    })
    expect(stopped.stopped).toBe(true)
    expect(stopped.issued).toBeLessThan(7)
    expect(stopped.issued).toBe(machine.store.size)
    const rest = await machine.run(rows)
    expect([rest.stopped, rest.unchanged, rest.issued]).toEqual([false, stopped.issued, 7 - stopped.issued])
    expect(machine.outcome()).toEqual(expected)
  })

  test('after an error ends the orders under way, begins no other, and throws it', async () => {
    const machine = new Machine()
    let calls = 0
    const run = machine.run(rows, {
      concurrency: 3,
      issueOne: async () => {
        if (++calls === 2) throw new Error('no ledger')
        return { credentialHash: 'hash' }
      },
    })
    await expect(run).rejects.toThrow('no ledger')
    expect(calls).toBeLessThan(7)
    expect(machine.records.filter(({ type }) => type === 'done')).toHaveLength(calls - 1)
  })

  test('has no more orders under way than allowed', async () => {
    let underWay = 0
    let most = 0
    await new Machine().run(rows, {
      concurrency: 3,
      issueOne: async () => {
        most = Math.max(most, ++underWay)
        await new Promise(resolve => setTimeout(resolve, 1))
        underWay--
        return { credentialHash: 'hash' }
      },
    })
    expect(most).toBe(3)
  })

  test('tells progress, at the end all of it', async () => {
    let nowMs = 0
    const told: BatchProgress[] = []
    const machine = new Machine()
    await machine.run(rows, {
      concurrency: 1,
      totalRows: 7,
      clock: { nowMs: () => nowMs },
      allocate: async () => {
        nowMs += 250
        return { statusIndex: machine.nextStatusIndex++ }
      },
      onProgress: progress => told.push(progress),
    })
    expect(told.map(({ issued }) => issued)).toEqual([1, 2, 3, 4, 5, 6, 7, 7])
    expect(told[2]).toMatchObject({ rowsPerSecond: 4, remainingMs: 1000 })
    expect(told.at(-1)).toMatchObject({ remainingMs: 0 })
  })

  test.each([
    ['two intents for one row', (records: BatchRecord<Allocation>[]) => [...records, records[0]!]],
    ['a credential without its intent', (records: BatchRecord<Allocation>[]) => records.filter(({ type }) => type === 'done')],
  ])('refuses a journal with %s', async (_, damage) => {
    const machine = new Machine()
    await machine.run(rows)
    await expect(machine.run(rows, { records: damage(machine.records) })).rejects.toMatchObject({ code: 'ERR_BATCH_JOURNAL' })
  })
})

function stopAfter(machine: Machine, allocations: number, stop: AbortController): Pick<Options, 'allocate'> {
  return {
    allocate: async () => {
      if (machine.nextStatusIndex + 1 === allocations) stop.abort()
      return { statusIndex: machine.nextStatusIndex++ }
    },
  }
}
