import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('./full-disk/run-with-full-disk.ts', import.meta.url))
/** Only root may mount, and in a container perhaps not even root. */
const canMount = spawnSync('unshare', ['--mount', 'true']).status === 0

test.skipIf(!canMount)(
  'a validator whose disk is full stops alone, loses nothing, and goes on when there is room',
  { timeout: 240_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hufu-full-disk-'))
    try {
      const said = execFileSync('unshare', ['--mount', '--propagation', 'private', process.execPath, script, folder], {
        encoding: 'utf8',
        timeout: 220_000,
      })
      const outcome = JSON.parse(said.trim().split('\n').at(-1)!) as Record<string, unknown>
      expect(outcome).toMatchObject({ wasOut: true, lost: 0, tips: 1, failed: 0 })
      expect(outcome.withoutIt, 'the other three go on').toBeGreaterThan(0)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
