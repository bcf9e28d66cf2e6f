import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** A PostgreSQL server of a test's own, which listens on a socket in a folder of its own only. */
export interface TestPostgres {
  /** Of an empty database. */
  readonly url: string
  /** Makes another empty database. @returns its URL */
  createDatabase(): Promise<string>
  /** Ends the server as a power cut would, and starts it again on what it had written. */
  crash(): Promise<void>
  /** Ends the server and removes its folder. */
  stop(): Promise<void>
}

const run = promisify(execFile)
const readyWithinMs = 30_000

/** Whether {@link startPostgres} finds PostgreSQL's programs, where Debian puts them: tests that need them are skipped else. */
export const isPostgresInstalled: boolean = findPrograms() !== undefined

function findPrograms(): string | undefined {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(a) - Number(b)) : []
  const version = versions.findLast(name => existsSync(join(root, name, 'bin', 'postgres')))
  return version === undefined ? undefined : join(root, version, 'bin')
}

/** Starts a server; settles once it answers. @throws Error: PostgreSQL is not installed, or does not start */
export async function startPostgres(): Promise<TestPostgres> {
  const programs = findPrograms()
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  const folder = await mkdtemp(join(tmpdir(), 'hufu-postgres-'))
  const identity = identityToRunAs()
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid)
  const options = { ...identity, cwd: folder }
  const data = join(folder, 'data')
  execFileSync(join(programs, 'initdb'), ['-D', data, '-A', 'trust', '-U', 'hufu', '--no-sync', '--no-locale', '-E', 'UTF8'], {
    ...options,
    stdio: 'ignore',
  })
  const start = async () => {
    const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, '-c', 'listen_addresses='], { ...options, stdio: 'ignore' })
    await untilReady(join(programs, 'pg_isready'), folder, server)
    return server
  }
  let server = await start()
  let databases = 0
  const urlOf = (name: string) => `postgresql://hufu@/${name}?host=${encodeURIComponent(folder)}`
  return {
    url: urlOf('postgres'),
    async createDatabase() {
      const name = `test_${++databases}`
      await run(join(programs, 'createdb'), ['-h', folder, '-U', 'hufu', name], { cwd: folder })
      return urlOf(name)
    },
    async crash() {
      await end(server, 'SIGQUIT')
      server = await start()
    },
    async stop() {
      await end(server, 'SIGINT')
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root. */
function identityToRunAs(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const numberOf = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: numberOf('-u'), gid: numberOf('-g') }
}

async function untilReady(program: string, folder: string, server: ChildProcess): Promise<void> {
  const deadlineMs = Date.now() + readyWithinMs
  for (;;) {
    const isReady = await run(program, ['-h', folder, '-q']).then(
      () => true,
      () => false,
    )
    if (isReady) return
    if (server.exitCode !== null || Date.now() > deadlineMs) throw new Error('PostgreSQL did not start')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise(resolve => server.once('exit', resolve))
  if (!server.kill(signal)) return
  await ended
}
