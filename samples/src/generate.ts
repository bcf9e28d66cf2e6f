// Writes samples/data anew: node samples/src/generate.ts
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sampleFiles } from './sample-files.ts'

for (const [path, bytes] of sampleFiles()) {
  const file = fileURLToPath(new URL(`../data/${path}`, import.meta.url))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, bytes)
}
