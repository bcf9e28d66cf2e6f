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
const main = join(root, 'apps', 'cli', 'src', 'main.ts')
// What is compiled once need not be for the next command: half the time of most.
const env = { NODE_COMPILE_CACHE: join(root, 'node_modules', '.cache', 'hufu'), ...process.env }
const result = spawnSync(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit', env })
process.exit(result.status ?? 1)
