import { readFileSync } from 'node:fs'
import { rules } from '@hufu/records'
import { damagedFile, type Finding, residentsFile } from '@hufu/samples'
import { afterAll, expect, test } from 'vitest'
import { armCrashPoint } from '../parts/crash-point.ts'
import { clerk, concessionType, officer, openIssuerBench, otherClerk, person, residentType } from './issuer-fixture.ts'

const stop = (): never => {
  throw new Error('stopped here')
}
const bench = await openIssuerBench()

afterAll(() => bench.close())

const header =
  'resident_number,name,name_latin,sex,birth_date,division_code,address,resident_since,concession,concession_until,valid_from,valid_until'
const rows = readFileSync(residentsFile('lanyu'), 'utf8').trimEnd().split('\n').slice(1)

async function upload(content: string | Buffer, type = residentType, member = clerk): Promise<string> {
  const answer = await bench.staff(member, 'POST', `/issuer/imports?type=${type}`, content)
  expect([answer.statusCode, answer.json().code]).toEqual([202, undefined])
  await bench.jobs.drain()
  return answer.json().id
}

const importOf = async (id: string) => (await bench.staff(clerk, 'GET', `/issuer/imports/${id}`)).json()

test('a file is checked; an officer’s approval makes applications of its good rows, once', async () => {
  const bad = rows[2]!.replace(/^./, '8')
  const id = await upload([header, rows[0], bad, rows[1]].join('\n'))
  expect(await importOf(id)).toMatchObject({ state: 'checked', good: 2, bad: 1, applied: 0, type: residentType })
  const report = await bench.staff(clerk, 'GET', `/issuer/imports/${id}/errors.csv`)
  expect(report.body).toContain('3,1,resident_number,resident-number-check-character')
  expect(report.body).toContain(rules['resident-number-check-character'].fix['zh-CN'])
  expect(report.body).not.toContain(bad.slice(0, 18))
  expect((await bench.staff(officer, 'POST', `/issuer/imports/${id}/approve`)).statusCode).toBe(200)
  await bench.jobs.drain()
  expect(await importOf(id)).toMatchObject({ state: 'done', applied: 2, officer: officer.id })
  const { applications } = (await bench.staff(officer, 'GET', `/issuer/applications?importId=${id}`)).json()
  expect(applications.map(({ state }: { state: string }) => state)).toEqual(['approved', 'approved'])
  const one = (await bench.staff(clerk, 'GET', `/issuer/applications/${applications[0].id}`)).json()
  expect(one).toMatchObject({
    problems: [],
    importId: id,
    validUntil: rows.find(row => row.startsWith(one.claims.resident_number))!.slice(-10),
  })
  expect((await bench.staff(officer, 'POST', `/issuer/imports/${id}/approve`)).json().code).toBe('ERR_ISSUER_STATE')
})

test('rows that were imported before are unchanged; one that says something else now is told', async () => {
  const again = await upload([header, rows[0], rows[1]!.replace(/,[12],/, match => (match === ',1,' ? ',1,' : ',2,'))].join('\n'))
  expect(await importOf(again)).toMatchObject({ good: 0, unchanged: 2, bad: 0 })
  const cells = rows[0]!.split(',')
  cells[6] = '礁湖区听潮路8号'
  const changed = await upload([header, cells.join(',')].join('\n'))
  expect(await importOf(changed)).toMatchObject({ good: 0, bad: 1 })
  expect((await bench.staff(clerk, 'GET', `/issuer/imports/${changed}/errors.csv`)).body).toContain('row-changed-since-issued')
})

test('who brought the file does not approve it; another clerk does not see it', async () => {
  const both = person('both', 'clerk', 'officer')
  const id = await upload([header, rows[5]].join('\n'), residentType, both)
  expect((await bench.staff(both, 'POST', `/issuer/imports/${id}/approve`)).json().code).toBe('ERR_ISSUER_SAME_PERSON')
  for (const path of ['', '/errors.csv'])
    expect((await bench.staff(otherClerk, 'GET', `/issuer/imports/${id}${path}`)).statusCode).toBe(404)
})

test('the report of the damaged sample file names what it was damaged by', async () => {
  const findings = JSON.parse(readFileSync(damagedFile.findings, 'utf8')) as readonly Finding[]
  const id = await upload(readFileSync(damagedFile.csv))
  const report = (await bench.staff(clerk, 'GET', `/issuer/imports/${id}/errors.csv`)).body
  for (const { line, column, rule } of findings) expect(report).toContain(`\n${line},${column.number},${column.name},${rule},`)
  const lines = new Set(findings.map(({ line }) => line))
  expect((await importOf(id)).bad).toBe(lines.size)
})

test('a whole city’s concessions: rows without one are passed over', async () => {
  const id = await upload([header, ...rows.slice(10, 60)].join('\n'), concessionType)
  const { good, passedOver, bad } = await importOf(id)
  expect([good + passedOver, bad]).toEqual([50, 0])
  expect(passedOver).toBeGreaterThan(0)
})

test('refuses an empty file, one of another type, and JSON', async () => {
  expect((await bench.staff(clerk, 'POST', `/issuer/imports?type=${residentType}`, '')).json().code).toMatch(
    /ERR_ISSUER_FILE|ERR_SERVICE_REQUEST/,
  )
  expect((await bench.staff(clerk, 'POST', '/issuer/imports?type=urn:hufu:other', 'x')).json().code).toBe('ERR_ISSUER_TYPE')
  expect((await bench.staff(clerk, 'POST', `/issuer/imports?type=${residentType}`, { a: 1 })).statusCode).toBe(415)
})

test('checking that was interrupted begins anew: each row stands once', async () => {
  const answer = await bench.staff(clerk, 'POST', `/issuer/imports?type=${residentType}`, [header, ...rows.slice(100, 1_300)].join('\n'))
  const { id } = answer.json()
  armCrashPoint('issuer import rows checked', { crash: stop })
  await expect(bench.jobs.drain()).rejects.toThrow('stopped here')
  armCrashPoint(undefined)
  expect(await importOf(id)).toMatchObject({ state: 'checking', good: 500 })
  await bench.jobs.run('issuer sweep')
  await bench.jobs.drain()
  expect(await importOf(id)).toMatchObject({ state: 'checked', good: 1_200, bad: 0 })
})

test('making applications that was interrupted goes on: each row becomes one', async () => {
  const id = await upload([header, ...rows.slice(1_400, 2_000)].join('\n'))
  await bench.staff(officer, 'POST', `/issuer/imports/${id}/approve`)
  armCrashPoint('issuer import rows applied', { crash: stop })
  await expect(bench.jobs.drain()).rejects.toThrow('stopped here')
  armCrashPoint(undefined)
  await bench.jobs.run('issuer sweep')
  await bench.jobs.drain()
  const [count] = await bench.database.query<{ count: number }>(
    'select count(*)::integer as count from applications where import_id = $1',
    [id],
  )
  expect([count!.count, (await importOf(id)).applied]).toEqual([600, 600])
})

test('what waits for approval is sealed', async () => {
  const id = await upload([header, rows[200]].join('\n'))
  const [row] = await bench.database.query<{ content: Uint8Array }>('select * from import_rows where import_id = $1', [id])
  expect(Buffer.from(row!.content).toString('latin1')).not.toContain(rows[200]!.split(',')[0])
  expect(JSON.stringify(row)).not.toContain(rows[200]!.split(',')[0])
})
