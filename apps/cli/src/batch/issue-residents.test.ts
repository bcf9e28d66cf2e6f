import { readFileSync } from 'node:fs'
import { type IssuanceRecord, IssuerDesk } from '@hufu/credentials'
import { generateSigner } from '@hufu/keys'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Problem } from '@hufu/records'
import { cities, residentsFile } from '@hufu/samples'
import { assert, asyncProperty, integer, shuffledSubarray } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type IssueResidentsOptions, issueResidents } from './issue-residents.ts'
import type { OutgoingCredential } from './outgoing.ts'

const [header, ...sampleLines] = readFileSync(residentsFile('lanyu'), 'utf8').split('\n')
const lines = sampleLines.slice(0, 5)
const divisions = new Set(cities.flatMap(city => city.divisions.map(({ code }) => code)))
const signer = await generateSigner('P-256')
const issuer = 'did:neo:test:NUVPACMnKFhpuHjsRjhUvXz1XhqfGZYVtY'

async function* file(rows: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${[header, ...rows].join('\n')}\n`)
}

/** A machine that can die at any step: what is on its disk stays, what runs ends. */
class Machine {
  readonly records: IssuanceRecord[] = []
  readonly outgoing = new Map<string, OutgoingCredential>()
  readonly problems: Problem[] = []
  stepsToLive = Number.POSITIVE_INFINITY

  #step(): void {
    if (this.stepsToLive-- <= 0) throw new Error('kill -9')
  }

  async #keep(write: () => void): Promise<void> {
    this.#step()
    await Promise.resolve()
    write()
    this.#step()
  }

  run(rows: readonly string[], options: Partial<IssueResidentsOptions> = {}) {
    return issueResidents({
      chunks: file(rows),
      policy: { city: '990100', divisions },
      credentialType: 'urn:hufu:resident',
      desk: new IssuerDesk({
        issuer,
        signer,
        kid: `${issuer}#key-1`,
        journal: { append: record => this.#keep(() => this.records.push(record)) },
        records: [...this.records],
        secret: new Uint8Array(32).fill(7),
        statusListUri: n => `https://bureau.example/lists/${n}`,
        listCapacity: 1024,
      }),
      outgoing: {
        find: id => this.outgoing.get(id),
        add: credential =>
          this.#keep(() => {
            expect(this.outgoing.has(credential.credentialId)).toBe(false)
            this.outgoing.set(credential.credentialId, credential)
          }),
      },
      validate: async () => undefined,
      onProblem: problem => this.problems.push(problem),
      clock: { nowMs: () => Date.parse('2026-11-23T04:00:00Z') },
      ...options,
    })
  }

  /** Who has a credential. Each has one, with a status entry of its own, as it is in the journal and in what goes out. */
  outcome(): readonly string[] {
    const intents = this.records.filter(record => record.kind === 'intent')
    const issued = this.records.filter(record => record.kind === 'issued')
    expect(new Set(intents.map(({ key }) => key)).size).toBe(intents.length)
    expect(new Set(intents.map(({ list, statusIndex }) => `${list} ${statusIndex}`)).size).toBe(intents.length)
    expect(issued).toHaveLength(intents.length)
    expect(this.outgoing.size).toBe(intents.length)
    for (const { credentialId, key, statusIndex } of intents) {
      const { credential } = this.outgoing.get(credentialId)!
      expect(issued.filter(record => record.key === key).map(record => record.sha256)).toEqual([
        bytesToHex(sha256(utf8ToBytes(credential))),
      ])
      const payload = JSON.parse(Buffer.from(credential.split('.')[1]!, 'base64url').toString())
      expect(payload.status.status_list.idx).toBe(statusIndex)
    }
    return intents.map(({ key }) => key).sort()
  }
}

const uninterrupted = new Machine()
const firstCounts = await uninterrupted.run(lines)
const expected = uninterrupted.outcome()

describe('issueResidents', () => {
  test('issues a credential from each row, and none when called again', async () => {
    expect(firstCounts).toEqual({ rows: 5, issued: 5, unchanged: 0, passedOver: 0, bad: 0, stopped: false })
    const machine = new Machine()
    await machine.run(lines)
    const records = machine.records.length
    expect(await machine.run(lines)).toMatchObject({ issued: 0, unchanged: 5 })
    expect([machine.records.length, machine.outcome()]).toEqual([records, expected])
  })

  test.each([1, 3, 16])(
    'killed between any two steps, %i rows at once, then started again, ends as if nothing had happened',
    async concurrency => {
      for (let steps = 0; ; steps++) {
        const machine = new Machine()
        machine.stepsToLive = steps
        const died = await machine.run(lines, { concurrency }).then(
          () => false,
          () => true,
        )
        machine.stepsToLive = Number.POSITIVE_INFINITY
        const counts = await machine.run(lines, { concurrency })
        expect(counts.issued + counts.unchanged).toBe(5)
        expect(machine.outcome()).toEqual(expected)
        if (died) continue
        // Intent, credential and its record, each killed before and after it was written, for five rows.
        expect(steps).toBe(5 * 3 * 2)
        return
      }
    },
    30_000,
  )

  test('killed again and again, it still ends so', async () => {
    await assert(
      asyncProperty(integer({ min: 1, max: 12 }), integer({ min: 1, max: 8 }), async (steps, concurrency) => {
        const machine = new Machine()
        for (let life = 0; life < 5; life++) {
          machine.stepsToLive = steps
          await machine.run(lines, { concurrency }).catch(() => undefined)
        }
        machine.stepsToLive = Number.POSITIVE_INFINITY
        await machine.run(lines, { concurrency })
        expect(machine.outcome()).toEqual(expected)
      }),
      { numRuns: 30 },
    )
  }, 30_000)

  test('in any order and in any files the outcome is the same', async () => {
    await assert(
      asyncProperty(
        shuffledSubarray(lines, { minLength: 5 }),
        shuffledSubarray(lines),
        integer({ min: 0, max: 5 }),
        async (shuffled, again, cut) => {
          const machine = new Machine()
          await machine.run(shuffled.slice(0, cut))
          await machine.run(again)
          await machine.run(shuffled.slice(cut))
          expect(machine.outcome()).toEqual(expected)
        },
      ),
      { numRuns: 30 },
    )
  }, 30_000)

  test('a row that has changed since it was issued, or begun, is told and not issued', async () => {
    const changed = lines[3]!.replace('号', '号甲')
    const conflict = { line: 2, column: { number: 1, name: 'resident_number' }, rule: 'row-changed-since-issued' }
    const machine = new Machine()
    await machine.run(lines)
    expect(await machine.run([changed])).toMatchObject({ issued: 0, bad: 1 })
    expect([machine.problems, machine.outcome()]).toEqual([[conflict], expected])

    const begun = new Machine()
    begun.stepsToLive = 2
    await expect(begun.run([lines[3]!])).rejects.toThrow('kill -9')
    begun.stepsToLive = Number.POSITIVE_INFINITY
    expect(await begun.run([changed])).toMatchObject({ issued: 0, bad: 1 })
    expect(await begun.run([lines[3]!])).toMatchObject({ issued: 1, bad: 0 })
    begun.outcome()
  })

  test('bad rows are told, the good ones between them issued', async () => {
    const machine = new Machine()
    const counts = await machine.run([lines[0]!, 'nonsense', lines[1]!, lines[0]!])
    expect(counts).toEqual({ rows: 4, issued: 2, unchanged: 0, passedOver: 0, bad: 2, stopped: false })
    expect(machine.problems.map(({ line, rule }) => `${line} ${rule}`)).toEqual(['3 row-too-few-cells', '5 resident-number-repeated'])
  })

  test('rows that give no such credential are passed over', async () => {
    const counts = await new Machine().run(lines, { credentialType: 'urn:hufu:transport-concession' })
    const without = lines.filter(line => line.includes(',none,')).length
    expect(counts).toMatchObject({ passedOver: without, issued: 5 - without })
  })

  test('the journal holds no personal data', async () => {
    for (const line of lines)
      for (const cell of line.split(',').slice(0, 3)) expect(JSON.stringify(uninterrupted.records)).not.toContain(cell)
  })

  test('stops when asked, after the rows under way, and goes on later', async () => {
    const machine = new Machine()
    const stop = new AbortController()
    const stopped = await machine.run(lines, {
      concurrency: 2,
      signal: stop.signal,
      validate: async () => stop.abort(),
    })
    expect(stopped.stopped).toBe(true)
    expect(stopped.issued).toBeLessThan(5)
    expect(machine.outcome()).toHaveLength(stopped.issued)
    expect(await machine.run(lines)).toMatchObject({ stopped: false, unchanged: stopped.issued, issued: 5 - stopped.issued })
    expect(machine.outcome()).toEqual(expected)
  })

  test('after an error ends the rows under way, begins no other, and throws it', async () => {
    const machine = new Machine()
    let calls = 0
    const validate = async (): Promise<void> => {
      if (++calls === 2) throw new Error('no ledger')
    }
    await expect(machine.run(lines, { concurrency: 2, validate })).rejects.toThrow('no ledger')
    expect(calls).toBeLessThan(5)
    expect(machine.outcome()).toHaveLength(calls - 1)
  })

  test('has no more rows under way than allowed', async () => {
    let underWay = 0
    let most = 0
    await new Machine().run(lines, {
      concurrency: 3,
      validate: async () => {
        most = Math.max(most, ++underWay)
        await new Promise(resolve => setTimeout(resolve, 1))
        underWay--
      },
    })
    expect(most).toBe(3)
  })

  test('tells progress', async () => {
    let nowMs = Date.parse('2026-11-23T04:00:00Z')
    const told: (readonly [rows: number, remainingMs: number | null])[] = []
    await new Machine().run(lines, {
      concurrency: 1,
      totalRows: 5,
      clock: { nowMs: () => nowMs },
      validate: async () => {
        nowMs += 250
      },
      onProgress: ({ rows, remainingMs }) => told.push([rows, remainingMs]),
    })
    expect(told).toEqual([
      [1, 1000],
      [2, 750],
      [3, 500],
      [4, 250],
      [5, 0],
    ])
  })
})
