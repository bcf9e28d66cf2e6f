// An institution's server whose PostgreSQL runs out of disk, in a mount namespace of its own: `unshare --mount node run-postgres-full.ts FOLDER SEED`. Says as
// one line of JSON what came of it.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgresDatabase } from '@hufu/service'
import { startPostgres } from '@hufu/testkit'
import { AttackedWorld } from '../../attacks/world/attacked-world.ts'
import { AcknowledgedWrites } from '../database/acknowledged-writes.ts'

const [folder = '', seed = ''] = process.argv.slice(2)
const diskBytes = 224 * 1024 * 1024
const disk = join(folder, 'disk')
const ballast = join(disk, 'ballast')

chmodSync(folder, 0o755)
mkdirSync(disk)
execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', disk])
const world = await AttackedWorld.start(() =>
  startPostgres({ folder: disk, settings: { max_wal_size: '48MB', min_wal_size: '32MB', max_connections: '30' } }),
)
const { bank, postgres } = world
const server = await bank.start()
const writes = new AcknowledgedWrites(bank, seed)
let postgresEnded = false

try {
  const atFirst = [...(await writes.send(10))]
  fill(64 * 1024)
  // Tables grow first: PostgreSQL refuses the statement and goes on.
  const tablesFull = await writes.sendUntil(kinds => [...kinds].every(kind => kind === '503 ERR_SERVICE_DATABASE_FULL'), 60_000)
  const readsWhileFull = (await bank.request('GET', '/health/live')).status
  const healthWhileFull = await health()
  const metricsWhileFull = await failures()
  // Its log next: with no room for another segment the whole server of PostgreSQL ends, and cannot start.
  await switchLog()
  const logFull = await writes.sendUntil(kinds => kinds.has('503 ERR_SERVICE_DATABASE') && !kinds.has('201'), 60_000)
  const healthWithoutDatabase = await health()
  const metricsWithoutDatabase = await failures()
  rmSync(ballast)
  const roomAtMs = performance.now()
  const readyAgain = await untilReady()
  const readyAfterMs = Math.round(performance.now() - roomAtMs)
  const after = [...(await writes.send(10))]
  console.log(
    JSON.stringify({
      ...{ atFirst, tablesFull, readsWhileFull, healthWhileFull, metricsWhileFull, logFull, healthWithoutDatabase, metricsWithoutDatabase },
      ...{ postgresEnded, readyAgain, readyAfterMs, after, answers: writes.answers, acknowledged: writes.acknowledged },
      lost: await writes.lost(),
    }),
  )
} finally {
  await server.stop()
  await world.stop()
  execFileSync('umount', ['--lazy', disk])
}

/** Leaves so much room, or a little less: PostgreSQL writes meanwhile. */
function fill(leftBytes: number): void {
  const { bavail, bsize } = statfsSync(disk)
  try {
    writeFileSync(ballast, Buffer.alloc(Math.max(bsize, bavail * bsize - leftBytes)), { flag: 'a' })
  } catch {
    // Full to the last byte.
  }
}

/** As happens by itself after every 16 MiB. */
async function switchLog(): Promise<void> {
  fill(0)
  const database = openPostgresDatabase(bank.databaseUrl, { poolSize: 1 })
  for (let segment = 0; segment < 8 && postgres.pid !== null; segment++) {
    const hasEnded = await database
      .query('select pg_logical_emit_message(false, $1, $1)', ['hufu'])
      .then(() => database.query('select pg_switch_wal()'))
      .then(
        () => false,
        () => true,
      )
    if (hasEnded) break
  }
  await database.close()
}

async function health(): Promise<readonly string[]> {
  const { status, json } = await bank.request('GET', '/health/ready')
  return [String(status), ...(json.missing as string[])]
}

/** Kinds of failures of the database that the metrics count. */
async function failures(): Promise<readonly string[]> {
  const { status, text } = await bank.request('GET', '/metrics')
  const counted = [...text.matchAll(/hufu_database_failures_total\{kind="(\w+)"\} (\d+)/g)].filter(([, , count]) => count !== '0')
  return [String(status), ...counted.map(([, kind]) => kind!)]
}

/** Of the institution's server, which nobody restarts; PostgreSQL, where it has ended, is started as its service manager would. */
async function untilReady(): Promise<boolean> {
  const deadline = Date.now() + 90_000
  while (Date.now() < deadline) {
    if (postgres.pid === null) {
      postgresEnded = true
      await postgres.start()
    }
    if ((await bank.request('GET', '/health/ready').catch(() => undefined))?.status === 200) return true
    await sleep(100)
  }
  return false
}
