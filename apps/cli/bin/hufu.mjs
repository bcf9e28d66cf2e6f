#!/usr/bin/env node
// Starts the command line on the Node that the project pins: this file itself runs on any Node from 20.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const pinned = join(root, 'node_modules', '.bin', 'node')
if (!existsSync(pinned)) {
  console.error('hufu: not set up yet. Run: npm run setup')
  process.exit(1)
}
const result = spawnSync(pinned, [join(root, 'apps', 'cli', 'src', 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' })
process.exit(result.status ?? 1)
