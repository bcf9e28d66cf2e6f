import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CliError } from '../errors.ts'
import type { Home } from '../home.ts'

/** An institution's server that runs as a child of this process. */
export interface RunningInstitution {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** What a server is told, by its environment. */
export interface InstitutionSettings {
  readonly name: string
  readonly port: number
  readonly environment: Readonly<Record<string, string>>
}

const mainFile = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'institution', 'src', 'main.ts')
const readyWithinMs = 60_000

/**
 * Starts a server and waits until it is ready. The kernel ends it when this process ends.
 *
 * @throws CliError `ERR_CLI_SERVER`: it ended, or was not ready in time; its log says why
 */
export async function startInstitution(home: Home, { name, port, environment }: InstitutionSettings): Promise<RunningInstitution> {
  const logFile = join(home.folder, `${name}.log`)
  const log = openSync(logFile, 'a', 0o600)
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, mainFile], {
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_FOLDER: join(home.folder, 'servers', name),
      ...environment,
    },
  })
  closeSync(log)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  await ready(child, url, logFile)
  return { url, pid: child.pid!, stop: () => stop(child, ended) }
}

async function ready(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new CliError('ERR_CLI_SERVER', `the institution server did not become ready; ${logFile} says why`)
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null) child.kill('SIGTERM')
  await ended
}
