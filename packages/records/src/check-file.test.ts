import { createReadStream, readFileSync } from 'node:fs'
import { residentCheckCharacter } from '@hufu/primitives'
import { cities, damagedFile, type Finding, residentsFile } from '@hufu/samples'
import { describe, expect, test } from 'vitest'
import { type CheckedLine, checkFile } from './check-file.ts'
import { type Cells, columnNames } from './columns.ts'
import { rules } from './rules.ts'

const policy = {
  city: '990100',
  divisions: new Set(cities.flatMap(({ divisions }) => divisions.map(({ code }) => code))),
  clock: { nowMs: () => Date.parse('2026-11-23T04:00:00Z') },
}

const cells: Cells = {
  resident_number: '990102199003071233',
  name: '欧阳𬭎',
  name_latin: 'Ouyang Hong',
  sex: '1',
  birth_date: '1990-03-07',
  division_code: '990103',
  address: '礁湖区听潮路8号',
  resident_since: '2001-09-01',
  concession: 'none',
  concession_until: '',
  valid_from: '2026-10-01',
  valid_until: '2036-10-01',
}
const header = columnNames.join(',')
const goodLine = lineOf({})

function lineOf(changes: Partial<Cells>): string {
  return Object.values({ ...cells, ...changes }).join(',')
}

function numberOf(digits: string): string {
  return digits + residentCheckCharacter(digits)
}

async function check(...lines: readonly (string | Uint8Array)[]): Promise<readonly CheckedLine[]> {
  const bytes = Buffer.concat(lines.flatMap(line => [Buffer.from(line), Buffer.from('\n')]))
  return collect([bytes])
}

async function collect(chunks: AsyncIterable<Uint8Array> | readonly Uint8Array[], city = policy.city): Promise<readonly CheckedLine[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    yield* chunks
  }
  const items: CheckedLine[] = []
  for await (const item of checkFile(stream(), { ...policy, city })) items.push(item)
  return items
}

function problemsOf(items: readonly CheckedLine[]): readonly string[] {
  return items
    .flatMap(item => ('problems' in item ? item.problems : []))
    .map(({ line, column, rule }) => `${line} ${column.number} ${column.name} ${rule}`)
}

describe('sample files', () => {
  test.each(cities)('of $slug has good rows only', async ({ slug, code, residents }) => {
    const items = await collect(createReadStream(residentsFile(slug)), code)
    expect(problemsOf(items)).toEqual([])
    expect(items).toHaveLength(residents)
  })

  test('that is damaged: every error is found at its line and column, and no good row is refused', async () => {
    const findings = JSON.parse(readFileSync(damagedFile.findings, 'utf8')) as readonly Finding[]
    expect(new Set(findings.map(({ kind }) => kind)).size).toBe(20)
    const items = await collect(createReadStream(damagedFile.csv))
    const expected = findings.map(({ line, column, rule }) => `${line} ${column.number} ${column.name} ${rule}`)
    expect([...problemsOf(items)].sort()).toEqual(expected.sort())
    const goodLines = items.filter(item => 'row' in item).map(({ line }) => line)
    expect(goodLines).toHaveLength(2600 - findings.length)
  })

  test('gives the same in chunks of any length', async () => {
    const bytes = readFileSync(damagedFile.csv).subarray(0, 30_000)
    const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, index) => bytes.subarray(index * 7, index * 7 + 7))
    expect(await collect(chunks)).toEqual(await collect([bytes]))
  })
})

const gbk = Buffer.concat([
  Buffer.from(`${cells.resident_number},`),
  Buffer.from([0xd5, 0xc5]),
  Buffer.from(goodLine.slice(goodLine.indexOf(',', 20))),
])
const mirror = '\u202e'

/** For each rule of a row, rows that break it and nothing else, with the column in which it is reported. */
const badRows: readonly (readonly [rule: keyof typeof rules, column: number, line: string | Uint8Array])[] = [
  ['row-too-long', 1, lineOf({ address: '路'.repeat(2000) })],
  ['row-wrong-delimiter', 1, goodLine.replaceAll(',', ';')],
  ['row-wrong-delimiter', 1, goodLine.replaceAll(',', '\t')],
  ['row-wrong-delimiter', 1, goodLine.replaceAll(',', '，')],
  ['row-too-few-cells', 12, goodLine.slice(0, goodLine.lastIndexOf(','))],
  ['row-too-few-cells', 2, 'one'],
  ['row-too-many-cells', 13, `${goodLine},`],
  ['row-too-many-cells', 13, lineOf({ address: '8号,3幢' })],
  ['quote-not-closed', 7, lineOf({ address: '"8号' })],
  ['quote-misplaced', 7, lineOf({ address: '8"号' })],
  ['quote-misplaced', 2, lineOf({ name: '"张"三' })],
  ['cell-not-utf8', 2, gbk],
  ['cell-byte-order-mark', 1, `\ufeff${goodLine}`],
  ['cell-control-character', 7, lineOf({ address: '8号\u0000' })],
  ['cell-control-character', 2, lineOf({ name: `张${mirror}三` })],
  ['cell-control-character', 3, lineOf({ name_latin: 'Zhang\tSan' })],
  ['cell-formula', 2, lineOf({ name: '=1+1' })],
  ['cell-formula', 3, lineOf({ name_latin: ' +1' })],
  ['cell-formula', 7, lineOf({ address: '@SUM' })],
  ['cell-full-width', 1, lineOf({ resident_number: '９90102199003071233' })],
  ['cell-full-width', 5, lineOf({ birth_date: '1990－03－07' })],
  ['cell-empty', 2, lineOf({ name: '' })],
  ['cell-empty', 7, lineOf({ address: ' ' })],
  ['cell-empty', 10, lineOf({ concession_until: ' ' })],
  ['cell-too-long', 2, lineOf({ name: '𬭎'.repeat(51) })],
  ['resident-number-form', 1, lineOf({ resident_number: '99010290030712' })],
  ['resident-number-form', 1, lineOf({ resident_number: ' 990102199003071233' })],
  ['resident-number-check-character', 1, lineOf({ resident_number: '990102199003071234' })],
  ['resident-number-birth-date', 1, lineOf({ resident_number: numberOf('99010219900230123') })],
  ['resident-number-birth-date', 1, lineOf({ resident_number: numberOf('99010221900307123') })],
  ['resident-number-division', 1, lineOf({ resident_number: numberOf('00010219900307123') })],
  ['name-characters', 2, lineOf({ name: '张3' })],
  ['name-characters', 2, lineOf({ name: '张\ue000' })],
  ['name-latin-characters', 3, lineOf({ name_latin: 'Zhāng San' })],
  ['sex-unknown', 4, lineOf({ sex: '男' })],
  ['sex-differs-from-number', 4, lineOf({ sex: '2' })],
  ['date-form', 8, lineOf({ resident_since: '2001/9/1' })],
  ['date-form', 5, lineOf({ birth_date: '19900307' })],
  ['date-impossible', 11, lineOf({ valid_from: '2026-02-29' })],
  ['birth-date-future', 5, lineOf({ birth_date: '2026-11-24' })],
  ['birth-date-differs-from-number', 5, lineOf({ birth_date: '1990-03-08' })],
  ['division-unknown', 6, lineOf({ division_code: '990199' })],
  ['division-unknown', 6, lineOf({ division_code: '990100' })],
  ['division-of-another-city', 6, lineOf({ division_code: '990202' })],
  ['resident-since-impossible', 8, lineOf({ resident_since: '1990-03-06' })],
  ['resident-since-impossible', 8, lineOf({ resident_since: '2026-11-24' })],
  ['concession-unknown', 9, lineOf({ concession: 'Student' })],
  ['concession-until-needed', 10, lineOf({ concession: 'student' })],
  ['concession-until-unexpected', 10, lineOf({ concession: 'senior', concession_until: '2030-01-01' })],
  ['valid-until-before-valid-from', 12, lineOf({ valid_until: '2026-09-30' })],
  ['valid-until-past', 12, lineOf({ valid_from: '2016-11-22', valid_until: '2026-11-22' })],
]

describe('a row', () => {
  test.each(badRows)('that breaks %s in column %i', async (rule, column, line) => {
    const items = await check(header, line, goodLine)
    expect(problemsOf(items)).toEqual([`2 ${column} ${columnNames[column - 1] ?? ''} ${rule}`])
    expect(items.at(-1)).toMatchObject({ line: 3, row: { residentNumber: cells.resident_number } })
  })

  test.each([
    ['in another order of columns', [[...columnNames].reverse().join(','), Object.values(cells).reverse().join(',')]],
    ['behind a byte order mark', [`\ufeff${header}`, goodLine]],
    ['with CRLF', [`${header}\r`, `${goodLine}\r`]],
    [
      'with all cells quoted',
      [
        header,
        Object.values(cells)
          .map(cell => `"${cell}"`)
          .join(','),
      ],
    ],
    ['between blank lines', [header, '', goodLine, '']],
    [
      'born today',
      [header, lineOf({ resident_number: numberOf('99010220261123123'), birth_date: '2026-11-23', resident_since: '2026-11-23' })],
    ],
    ['valid until today', [header, lineOf({ valid_until: '2026-11-23' })]],
    ['first registered anywhere', [header, lineOf({ resident_number: numberOf('44190019900307123') })]],
    ['with a dot in the name', [header, lineOf({ name: '阿依古丽·买买提' })]],
    ['with the longest name', [header, lineOf({ name: '𬭎'.repeat(50) })]],
    ['with a last day of the concession', [header, lineOf({ concession: 'disabled', concession_until: '2030-01-01' })]],
  ])('is good %s', async (_, lines) => {
    const items = await check(...lines)
    expect(problemsOf(items)).toEqual([])
    expect(items).toHaveLength(1)
  })

  test('that is good is told with its number’s place', async () => {
    expect(await check(header, goodLine)).toEqual([
      {
        line: 2,
        column: { number: 1, name: 'resident_number' },
        row: {
          residentNumber: '990102199003071233',
          name: '欧阳𬭎',
          nameLatin: 'Ouyang Hong',
          sex: '1',
          birthDate: '1990-03-07',
          divisionCode: '990103',
          address: '礁湖区听潮路8号',
          residentSince: '2001-09-01',
          concession: 'none',
          concessionUntil: null,
          validFrom: '2026-10-01',
          validUntil: '2036-10-01',
        },
      },
    ])
  })

  test('with several errors is told them all, one a cell', async () => {
    const line = lineOf({ resident_number: '1', name: '', sex: '3', concession: 'student' })
    expect(problemsOf(await check(header, line))).toEqual([
      '2 1 resident_number resident-number-form',
      '2 2 name cell-empty',
      '2 4 sex sex-unknown',
      '2 10 concession_until concession-until-needed',
    ])
  })

  test('whose number came before is refused, the first one is not', async () => {
    const items = await check(header, goodLine, lineOf({ address: '另一处' }))
    expect(problemsOf(items)).toEqual(['3 1 resident_number resident-number-repeated'])
  })

  test('that was refused does not make the next one with its number a repetition', async () => {
    expect(problemsOf(await check(header, lineOf({ name: '' }), goodLine))).toEqual(['2 2 name cell-empty'])
  })
})

describe('a header', () => {
  test.each([
    ['GBK', [Buffer.from([0xd5, 0xc5])], ['1 1  header-not-readable']],
    ['UTF-16', [Buffer.from(`\ufeff${header}`, 'utf16le')], ['1 1  header-not-readable']],
    ['a quotation mark that is open', [`"${header}`], ['1 1  header-not-readable']],
    ['a line that is too long', ['x'.repeat(5000)], ['1 1  header-not-readable']],
    ['a column too few', [header.replace(',sex', '')], ['1 12 sex header-missing-column']],
    ['a column too many', [`${header},phone`], ['1 13  header-unknown-column']],
    ['a column twice', [`${header},name`], ['1 13 name header-repeated-column']],
  ])('of %s ends the file', async (_, lines, problems) => {
    expect(problemsOf(await check(...lines, goodLine))).toEqual(problems)
  })

  test('is needed', async () => {
    expect(problemsOf(await collect([]))).toEqual(['1 1 resident_number file-empty'])
  })

  test('that is a row of data repeats nothing of it', async () => {
    expect(JSON.stringify(await check(goodLine, goodLine))).not.toContain('欧阳')
  })
})

test('every rule of a file or row is broken by a test above', () => {
  const headerRules = ['file-empty', 'header-not-readable', 'header-missing-column', 'header-unknown-column', 'header-repeated-column']
  const covered = new Set<string>([
    ...badRows.map(([rule]) => rule),
    ...headerRules,
    'resident-number-repeated',
    'row-changed-since-issued',
  ])
  expect(Object.keys(rules).filter(rule => !covered.has(rule))).toEqual([])
})

test('every rule says what is wrong and how to mend it, in Chinese and in English', () => {
  for (const { message, fix } of Object.values(rules)) {
    for (const texts of [message, fix]) {
      expect(texts['zh-CN']).toMatch(/\p{Script=Han}/u)
      expect(texts.en).toMatch(/^[\x20-\x7e]+$/)
    }
  }
})

test('finds its way through bytes by chance', async () => {
  for (let seed = 1; seed <= 200; seed++) {
    let state = seed
    const noise = Uint8Array.from({ length: 300 }, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
      return state >>> 16
    })
    const items = await check(header, noise, goodLine)
    expect(items.at(-1)).toMatchObject({ row: { residentNumber: cells.resident_number } })
  }
})
