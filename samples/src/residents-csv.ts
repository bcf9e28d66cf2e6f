import { utf8ToBytes } from '@hufu/primitives'
import { type City, cities } from './cities.ts'
import { makeResident, residentColumns, type SampleResident } from './make-resident.ts'
import { Random } from './random.ts'

const seed = 0x4846_2026

/** The residents of every city, the same at each call. */
export function makeResidents(): ReadonlyMap<City, readonly SampleResident[]> {
  const taken = new Set<string>()
  return new Map(
    cities.map((city, index) => {
      const random = new Random(seed + index)
      return [city, Array.from({ length: city.residents }, () => makeResident(random, city, taken))]
    }),
  )
}

/** Lines of a residents' file without their ends, the header first. */
export function residentLines(residents: readonly SampleResident[]): readonly Uint8Array[] {
  return [residentColumns.join(','), ...residents.map(residentLine)].map(utf8ToBytes)
}

/** One row after RFC 4180. */
export function residentLine(resident: SampleResident): string {
  return residentColumns.map(column => quoted(resident[column])).join(',')
}

function quoted(cell: string): string {
  return /[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
