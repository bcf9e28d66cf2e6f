import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Curve } from './curve.ts'

/** Keeps curves in a file; one measured again takes the place of the earlier of its name. */
export async function addCurves(file: string, curves: readonly Curve[]): Promise<void> {
  const measured = new Map([...(await readCurves(file)), ...curves].map(curve => [curve.name, curve]))
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.new`
  await writeFile(temporary, `${JSON.stringify({ curves: [...measured.values()] }, null, 2)}\n`)
  await rename(temporary, file)
}

/** Curves of a file; none if there is no file. */
export async function readCurves(file: string): Promise<readonly Curve[]> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { readonly curves: readonly Curve[] }).curves
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
