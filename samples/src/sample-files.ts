import { concatBytes, utf8ToBytes } from '@hufu/primitives'
import { cities } from './cities.ts'
import { damagedFile } from './damage.ts'
import { institutions } from './institutions.ts'
import { makeResidents, residentLines } from './residents-csv.ts'

/** Every generated file: path below `samples/data`, and its bytes. The same at each call. */
export function sampleFiles(): ReadonlyMap<string, Uint8Array> {
  const residents = makeResidents()
  const [damagedCity, itsResidents] = [...residents][0]!
  const { lines, findings } = damagedFile(damagedCity, itsResidents)
  return new Map([
    ['cities.json', jsonFile(cities)],
    ['institutions.json', jsonFile(institutions)],
    ...[...residents].map(([{ slug }, rows]) => [`residents/${slug}.csv`, fileOf(residentLines(rows))] as const),
    [`damaged/${damagedCity.slug}.csv`, fileOf(lines)],
    [`damaged/${damagedCity.slug}.findings.json`, jsonFile(findings)],
  ])
}

function fileOf(lines: readonly Uint8Array[]): Uint8Array {
  const newline = Uint8Array.of(0x0a)
  return concatBytes(...lines.flatMap(line => [line, newline]))
}

function jsonFile(value: unknown): Uint8Array {
  return utf8ToBytes(`${JSON.stringify(value, null, 2)}\n`)
}
