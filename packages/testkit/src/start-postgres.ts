import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readdirSync } from 'node:fs'
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
  /** Where it keeps everything. */
  readonly dataFolder: string
  readonly logFile: string
  /** Of its main process; null once that has ended, by itself or not. */
  readonly pid: number | null
  /** Ends the server as a power cut would, and starts it again on what it had written. */
  crash(): Promise<void>
  /** Ends the server in order, if it runs; {@link start} brings it back. */
  end(): Promise<void>
  /** Starts a server that has ended. @throws Error: it does not come up; `logFile` says why */
  start(): Promise<void>
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

/** How a test's server differs from the usual. */
export interface PostgresSettings {
  /** Folder to keep everything in, which is there, is empty, and stays; default: a new one. */
  readonly folder?: string
  /** Settings of the server, such as `max_wal_size`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Starts a server; settles once it answers. @throws Error: PostgreSQL is not installed, or does not start */
export async function startPostgres({ folder: given, settings = {} }: PostgresSettings = {}): Promise<TestPostgres> {
  const programs = findPrograms()
  if (programs === undefined) throw new Error('PostgreSQL is not installed')
  const folder = given ?? (await mkdtemp(join(tmpdir(), 'hufu-postgres-')))
  const identity = identityToRunAs()
  if (identity !== undefined) await chown(folder, identity.uid, identity.gid)
  const options = { ...identity, cwd: folder }
  const data = join(folder, 'data')
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-A', 'trust', '-U', 'hufu', '--no-sync', '--no-locale', '-E', 'UTF8', '--data-checksums'],
    {
      ...options,
      stdio: 'ignore',
    },
  )
  const logFile = join(folder, 'server.log')
  const start = async () => {
    const log = openSync(logFile, 'a')
    const given = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const parameters = ['-D', data, '-k', folder, '-c', 'listen_addresses=', ...given]
    const server = spawn(join(programs, 'postgres'), parameters, { ...options, stdio: ['ignore', log, log] })
    closeSync(log)
    await untilReady(join(programs, 'pg_isready'), folder, server)
    return server
  }
  let server = await start()
  let databases = 0
  const urlOf = (name: string) => `postgresql://hufu@/${name}?host=${encodeURIComponent(folder)}`
  return {
    url: urlOf('postgres'),
    dataFolder: data,
    logFile,
    get pid() {
      return hasEnded(server) ? null : server.pid!
    },
    async createDatabase() {
      const name = `test_${++databases}`
      await run(join(programs, 'createdb'), ['-h', folder, '-U', 'hufu', name], { cwd: folder })
      return urlOf(name)
    },
    async crash() {
      await end(server, 'SIGQUIT')
      server = await start()
    },
    end: () => end(server, 'SIGINT'),
    async start() {
      server = await start()
    },
    async stop() {
      await end(server, 'SIGINT')
      if (given === undefined) await rm(folder, { recursive: true, force: true })
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
    if (hasEnded(server) || Date.now() > deadlineMs) {
      await end(server, 'SIGKILL')
      throw new Error('PostgreSQL did not start; its log says why')
    }
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (hasEnded(server)) return
  const ended = new Promise(resolve => server.once('exit', resolve))
  server.kill(signal)
  await ended
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}
