import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Circumstances } from './circumstances.ts'
import type { ComparisonResult } from './compare.ts'

/** What was measured, and under which circumstances. */
export interface Measured {
  readonly circumstances: Circumstances
  readonly result: ComparisonResult
}

/** A day's results by comparison: one measured again replaces the earlier. */
export type DayResults = Readonly<Record<string, Measured>>

const folder = fileURLToPath(new URL('../results', import.meta.url))

/** Where a day's results are. */
export function dayFile({ at }: Circumstances): string {
  return join(folder, `${at.slice(0, 10)}.json`)
}

/** The file of the latest day that has results. @throws Error: there is none */
export async function latestDayFile(): Promise<string> {
  const name = (await readdir(folder))
    .filter(each => /^\d{4}-\d\d-\d\d\.json$/.test(each))
    .sort()
    .at(-1)
  if (name === undefined) throw new Error('expected results in bench/results')
  return join(folder, name)
}

export async function addToDay(file: string, results: DayResults): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify({ ...(await readDay(file)), ...results }, null, 2)}\n`)
}

/** What a file has; nothing if it is not there. */
export async function readDay(file: string): Promise<DayResults> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DayResults
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
