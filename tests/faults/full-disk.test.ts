import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isPostgresInstalled } from '@hufu/testkit'
import { expect, test } from 'vitest'

const seed = process.env.SEED ?? 'full disk'
/** What a server may answer whose database fails: all of them mean that nothing counts as done. */
const codes = new Set(['201', '503 ERR_SERVICE_DATABASE', '503 ERR_SERVICE_DATABASE_FULL', '503 ERR_SERVICE_BEHIND'])
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

const postgresScript = fileURLToPath(new URL('./full-disk/run-postgres-full.ts', import.meta.url))

test.skipIf(!canMount || !isPostgresInstalled)(
  'an institution whose PostgreSQL has no room refuses with a code, loses nothing, and goes on by itself when there is room',
  { timeout: 300_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'hufu-full-disk-'))
    try {
      const command = ['--mount', '--propagation', 'private', process.execPath, postgresScript, folder, seed]
      const said = execFileSync('unshare', command, { encoding: 'utf8', timeout: 280_000 })
      const { answers, ...outcome } = JSON.parse(said.trim().split('\n').at(-1)!) as Record<string, unknown> & { answers: object }
      expect(outcome, `seed ${seed}`).toMatchObject({
        ...{ atFirst: ['201'], after: ['201'], lost: 0 },
        ...{ tablesFull: true, metricsWhileFull: ['200', 'full'], readsWhileFull: 200 },
        ...{ logFull: true, metricsWithoutDatabase: ['200', 'unreachable', 'full'], readyAgain: true },
      })
      for (const health of [outcome.healthWhileFull, outcome.healthWithoutDatabase])
        expect(health).toEqual(expect.arrayContaining(['503', 'database']))
      expect(Object.keys(answers).filter(kind => !codes.has(kind))).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  },
)
