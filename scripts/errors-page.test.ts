import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const sources = globSync('{packages,apps,network}/**/*.ts', { cwd: root, exclude: path => /node_modules|\.test\.ts$|\.d\.ts$/.test(path) })

/** Codes as the sources declare them: string literals, which leaves out names in comments. */
const declared = new Set(
  sources.flatMap(file => [...readFileSync(join(root, file), 'utf8').matchAll(/'(ERR_[A-Z0-9_]*[A-Z0-9])'/g)].map(match => match[1]!)),
)
const documented = [...readFileSync(join(root, 'docs', 'errors.md'), 'utf8').matchAll(/^\| `(ERR_[A-Z0-9_]+)`\s*\|/gm)].map(
  match => match[1]!,
)

test('docs/errors.md has a row for every code in the sources', () => {
  expect([...declared].filter(code => !documented.includes(code)).sort()).toEqual([])
})

test('docs/errors.md has no row for a code that no longer exists, and none twice', () => {
  expect(documented.filter(code => !declared.has(code))).toEqual([])
  expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([])
})
