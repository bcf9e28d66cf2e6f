// What colluding verifiers, the issuer and whoever reads the ledger keep of people, and what of it leads from one thing that a person did to another.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createNodeProver } from '@hufu/circuits/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fieldsOf, type KeptEvent, measureJoins } from './linkability/measure-joins.ts'
import { growth, mergedFields, type Report, reportOf, shrinkage, tableOf } from './linkability/report.ts'
import { runOfPeople } from './linkability/run-of-people.ts'
import { AttackedWorld } from './world/attacked-world.ts'
import type { InstitutionProcess } from './world/institution-process.ts'

/** `LONG=1`: more people at more verifiers. `UPDATE=1`: what is seen is what is expected from now on. */
const { LONG, UPDATE } = process.env
const expectedFile = new URL('./linkability/expected.json', import.meta.url)
const page = new URL('../../docs/privacy.md', import.meta.url)
const tablePattern = /(?<=<!-- linkability: begin -->\n)[\s\S]*(?=<!-- linkability: end -->)/

const prover = createNodeProver()
const expected: Report = existsSync(expectedFile) ? JSON.parse(readFileSync(expectedFile, 'utf8')) : { joins: [], fields: {} }
let world: AttackedWorld
let servers: readonly InstitutionProcess[] = []
let events: readonly KeptEvent[] = []

beforeAll(async () => {
  world = await AttackedWorld.start(undefined, LONG === '1' ? ['clinic'] : [])
  servers = await Promise.all(world.institutions.map(institution => institution.start()))
  await Promise.all([prover.prepare('prepare'), prover.prepare('show')])
}, 300_000)

afterAll(async () => {
  prover.close()
  for (const server of servers) await server.stop()
  await world?.stop()
})

test('of what all parties keep together, nothing links that is not known to', async () => {
  events = await runOfPeople(world, servers, prover, LONG === '1' ? 12 : 4)
  const seen = reportOf(measureJoins(events), fieldsOf(events))
  for (const line of shrinkage(expected, seen)) console.info(`linkability: less than expected: ${line}`)
  if (UPDATE === '1') {
    const fields = mergedFields(expected.fields, seen.fields)
    writeFileSync(expectedFile, `${JSON.stringify({ joins: seen.joins, fields }, null, 2)}\n`)
    const text = readFileSync(page, 'utf8')
    writeFileSync(
      page,
      text.replace(tablePattern, () => `\n${tableOf({ ...seen, fields })}\n\n`),
    )
  }
  const values = events.reduce((count, event) => count + event.values.length, 0)
  console.info(`linkability: ${events.length} events, ${values} values compared, ${seen.joins.length} fields link`)
  expect(growth(UPDATE === '1' ? { ...seen, fields: mergedFields(expected.fields, seen.fields) } : expected, seen)).toEqual([])
}, 600_000)

test('the page tells what is expected', () => {
  // Formatted by another hand.
  const words = (text: string): string => text.replace(/[\s-]+/g, ' ').trim()
  expect(words(tablePattern.exec(readFileSync(page, 'utf8'))![0])).toBe(words(tableOf(expected)))
})

/** Events of two kinds, to look for leaks in: all of them take seconds each time. */
function someEvents(): readonly KeptEvent[] {
  return events.filter(({ kind }) => kind === 'issue' || kind === 'prove')
}

/** Leaks as somebody could bring them in: each is put into what verifiers keep, and must be reported. */
const leaks: Readonly<Record<string, (event: KeptEvent, place: number) => string>> = {
  'a constant of the person': ({ person }) => `device ${person}`,
  'an end of validity of their own': ({ person }) => String(2_000_000_000 + 86_400 * person.charCodeAt(0)),
  'a place next to the one before': ({ person }, place) => String(1_000_000 * (1 + person.charCodeAt(1)) + place),
}

test.each(Object.keys(leaks))('%s would be reported', leak => {
  const leaked = someEvents().map((event, place) =>
    event.role === 'verifier' && event.kind === 'prove'
      ? { ...event, values: [...event.values, { field: 'receipts.leak', value: leaks[leak]!(event, place) }] }
      : event,
  )
  const found = growth(expected, reportOf(measureJoins(leaked), fieldsOf(leaked)))
  expect(found).toContainEqual(expect.stringMatching(/^two verifiers, prove → prove: receipts\.leak .*strength/))
  expect(found).toContainEqual(expect.stringMatching(/^one verifier, prove → prove: receipts\.leak .*strength/))
  expect(found).toContainEqual('institutions: receipts.leak: is kept, and was not')
})

test('what an issuer knows would be reported, were it kept by a verifier as it is or hashed', () => {
  for (const field of ['credentials.leaf', 'credentials.leaf#sha256', 'applications.subject_key', 'transactions[].log.txid']) {
    const known = new Map(
      events.flatMap(({ role, person, values }) =>
        role === 'verifier' ? [] : values.filter(value => value.field === field).map(({ value }) => [person, value] as const),
      ),
    )
    expect(known.size, field).toBeGreaterThan(1)
    const leaked = someEvents().map(event =>
      event.role === 'verifier' && event.kind === 'prove'
        ? { ...event, values: [...event.values, { field: 'receipts.leak', value: known.get(event.person)! }] }
        : event,
    )
    const found = growth(expected, reportOf(measureJoins(leaked), fieldsOf(leaked)))
    expect(found).toContainEqual(expect.stringMatching(/^(issuer|ledger) and verifiers, issue → prove: .*strength/))
  }
})

test('two things that say little each would be reported for what they say together', () => {
  const leaked = someEvents().map(event => {
    if (event.role !== 'verifier' || event.kind !== 'prove') return event
    const bits = [...new Set(events.map(({ person }) => person))].indexOf(event.person)
    const values = [bits & 1, (bits >> 1) & 1, (bits >> 2) & 1, (bits >> 3) & 1].map((bit, place) => ({
      field: `receipts.bit${place}`,
      value: `bit ${place} ${bit}`,
    }))
    return { ...event, values: [...event.values, ...values] }
  })
  const found = growth(expected, reportOf(measureJoins(leaked), fieldsOf(leaked)))
  expect(found).toContainEqual(expect.stringMatching(/^two verifiers, prove → prove: (all others \(together\)|receipts\.bit)/))
})
