import { readFileSync } from 'node:fs'
import { residentsFile } from '@hufu/samples'
import type { Language } from './screens.ts'

/** What a clerk enters for a resident. */
export interface ResidentApplication {
  readonly typeTitle: string
  /** By name of the claim. */
  readonly fields: Readonly<Record<'name' | 'birth_date' | 'sex' | 'city_code', string>> & Readonly<Record<string, string>>
  readonly validUntil: string
}

const titles: Readonly<Record<Language, string>> = { 'zh-CN': '居住凭证', en: 'Residence credential' }

/** For the adult in this place of Lanyu's file. */
export function residentApplication(place: number, language: Language): ResidentApplication {
  const [head = '', ...rows] = readFileSync(residentsFile('lanyu'), 'utf8').trimEnd().split('\n')
  const columns = head.split(',')
  const people = rows.map(row => Object.fromEntries(row.split(',').map((cell, index) => [columns[index]!, cell])))
  const adults = people.filter(({ birth_date: born, valid_until: until }) => born! < '2000-01-01' && until! > '2030')
  const { name, birth_date, sex, ...more } = adults[place] as Readonly<Record<string, string>>
  const { resident_number, name_latin, division_code, address, resident_since, valid_until } = more
  return {
    typeTitle: titles[language],
    fields: {
      name: name!,
      birth_date: birth_date!,
      sex: sex!,
      city_code: '990100',
      ...{ resident_number: resident_number!, name_latin: name_latin!, division_code: division_code! },
      ...{ address: address!, resident_since: resident_since! },
    },
    validUntil: valid_until!,
  }
}
