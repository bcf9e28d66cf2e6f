import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readDay } from '../day-results.ts'
import { readCurves } from '../growth/growth-results.ts'
import { pageHtml } from './page.ts'

const growthFile = fileURLToPath(new URL('../../results/growth.json', import.meta.url))

/** Makes the page of a file of results, beside it. @returns the page's file */
export async function writePage(resultsFile: string): Promise<string> {
  const file = resultsFile.replace(/(\.json)?$/, '.html')
  await writeFile(file, pageHtml(Object.values(await readDay(resultsFile)), await readCurves(growthFile)))
  return file
}
