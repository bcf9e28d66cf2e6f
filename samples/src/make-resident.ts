import { residentCheckCharacter } from '@hufu/primitives'
import { type City, cities } from './cities.ts'
import { makeName } from './make-name.ts'
import type { Random } from './random.ts'

/** The columns of a bureau's file, in order. */
export const residentColumns = [
  'resident_number',
  'name',
  'name_latin',
  'sex',
  'birth_date',
  'division_code',
  'address',
  'resident_since',
  'concession',
  'concession_until',
  'valid_from',
  'valid_until',
] as const

/** One row of a bureau's file. */
export type SampleResident = Readonly<Record<(typeof residentColumns)[number], string>>

/** The day at which the bureaus wrote their files. */
const today = '2026-11-01'
const thisYear = 2026

/** People per ten years of age, in per mille. */
const ageBands = [90, 115, 115, 155, 145, 165, 115, 70, 25, 4.5, 0.5].map((weight, decade) => ({ decade, weight }))

const roads = ['听潮路', '观澜街', '望月巷', '采薇路', '青禾街', '归雁路', '晴川路', '竹影巷', '星河大道', '石桥街', '棠梨路', '长亭路']
const buildings = ['"海角"公寓', '"拾光"家园', '"云上"小区']

/**
 * Makes a resident of a city.
 *
 * @param taken - resident numbers in use; the new one is added
 */
export function makeResident(random: Random, city: City, taken: Set<string>): SampleResident {
  const isMale = random.chance(0.512)
  const birthDate = makeBirthDate(random)
  const birthYear = Number(birthDate.slice(0, 4))
  const { name, nameLatin } = makeName(random, isMale ? 'male' : 'female', birthYear)
  const division = random.pick(city.divisions)
  return {
    resident_number: makeNumber(random, city, birthDate, isMale, taken),
    name,
    name_latin: nameLatin,
    sex: isMale ? '1' : '2',
    birth_date: birthDate,
    division_code: division.code,
    address: `${division.name['zh-CN']}${random.pick(roads)}${random.between(1, 300)}号${makeDoor(random)}`,
    resident_since: random.chance(0.6) ? birthDate : random.day(birthDate, today),
    ...makeConcession(random, birthYear),
    ...makeValidity(random, birthYear),
  }
}

function makeBirthDate(random: Random): string {
  const { decade } = random.pickWeighted(ageBands)
  const firstYear = thisYear - decade * 10
  return random.day(`${firstYear - 10}-11-02`, `${firstYear}-10-31`)
}

/** Most were first registered where they live now. Odd sequence codes are men's. */
function makeNumber(random: Random, city: City, birthDate: string, isMale: boolean, taken: Set<string>): string {
  for (;;) {
    const { code } = random.pick((random.chance(0.82) ? city : random.pick(cities)).divisions)
    const sequence = random.between(0, 498) * 2 + (isMale ? 1 : 2)
    const digits = `${code}${birthDate.replaceAll('-', '')}${String(sequence).padStart(3, '0')}`
    const number = digits + residentCheckCharacter(digits)
    if (taken.has(number)) continue
    taken.add(number)
    return number
  }
}

function makeDoor(random: Random): string {
  if (random.chance(0.01)) return `${random.pick(buildings)}${random.between(1, 20)}层`
  if (random.chance(0.01)) return `${random.between(1, 30)}幢,${random.between(101, 2804)}室`
  return random.chance(0.3) ? '' : `${random.between(1, 30)}幢${random.between(101, 2804)}室`
}

function makeConcession(random: Random, birthYear: number): Pick<SampleResident, 'concession' | 'concession_until'> {
  const age = thisYear - birthYear
  if (random.chance(0.02)) return { concession: 'disabled', concession_until: random.day('2029-01-01', '2036-12-31') }
  if (age > 65 && random.chance(0.9)) return { concession: 'senior', concession_until: '' }
  if (age > 6 && age < 22 && random.chance(0.8)) {
    const schoolEnd = [12, 15, 18, 22].find(end => age < end)!
    return { concession: 'student', concession_until: `${birthYear + schoolEnd}-07-31` }
  }
  return { concession: 'none', concession_until: '' }
}

/** Children change faster: five years until sixteen, else ten. */
function makeValidity(random: Random, birthYear: number): Pick<SampleResident, 'valid_from' | 'valid_until'> {
  const years = thisYear - birthYear <= 16 ? 5 : 10
  const day = String(random.between(1, 31)).padStart(2, '0')
  return { valid_from: `${thisYear}-10-${day}`, valid_until: `${thisYear + years}-10-${day}` }
}
