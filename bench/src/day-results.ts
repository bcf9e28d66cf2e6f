import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ComparisonResult } from './compare.ts'

/** Where and when something was measured. */
export interface Circumstances {
  readonly at: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  /** Load average over a minute, before it began. */
  readonly load: number
  readonly node: string
}

/** A day's results by comparison, each with its circumstances: one measured again replaces the earlier. */
export type DayResults = Readonly<Record<string, { readonly circumstances: Circumstances; readonly result: ComparisonResult }>>

export async function addToDay(file: string, results: DayResults): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, `${JSON.stringify({ ...(await readDay(file)), ...results }, null, 2)}\n`)
}

async function readDay(file: string): Promise<DayResults> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DayResults
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}
