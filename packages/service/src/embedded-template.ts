import { existsSync } from 'node:fs'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PGlite } from '@electric-sql/pglite'

/** Made by the set-up. A new database costs some six seconds of CPU, a copy of this folder almost nothing. */
const templateFolder = join(
  dirname(fileURLToPath(import.meta.url)),
  '..',
  '..',
  '..',
  'node_modules',
  '.cache',
  'hufu',
  'embedded-database',
)

/** Makes the template; replaces an older one. */
export async function makeEmbeddedTemplate(): Promise<void> {
  await replaceFolder(templateFolder, async folder => {
    const database = await PGlite.create(folder)
    await database.close()
  })
}

/** Puts an empty database into a folder that does not exist yet, if there is a template. Whole or not at all. */
export async function copyEmbeddedTemplate(folder: string): Promise<void> {
  if (existsSync(folder) || !existsSync(templateFolder)) return
  await replaceFolder(folder, made => cp(templateFolder, made, { recursive: true }))
}

async function replaceFolder(folder: string, make: (folder: string) => Promise<void>): Promise<void> {
  const made = `${folder}.new-${process.pid}`
  await rm(made, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  await make(made)
  await rm(folder, { recursive: true, force: true })
  await rename(made, folder)
}
