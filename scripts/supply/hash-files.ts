import { createHash } from 'node:crypto'
import { globSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/**
 * SHA-256 over names and contents of files.
 *
 * @param patterns - below the folder
 * @param options.remove - takes them away afterwards
 */
export function hashFiles(folder: string, patterns: readonly string[], { remove = false } = {}): { hash: string; count: number } {
  // Stamps and what set-up keeps begin with a dot, and are no part of what is built.
  const files = patterns
    .flatMap(pattern => globSync(pattern, { cwd: folder }))
    .filter(file => !/(^|\/)\./.test(file) && statSync(join(folder, file)).isFile())
    .sort()
  const hash = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(join(folder, file))
    hash.update(`${file}\0${content.length}\0`).update(content)
    if (remove) rmSync(join(folder, file))
  }
  return { hash: hash.digest('hex'), count: files.length }
}
