import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CliError } from '../errors.ts'
import type { Home } from '../home.ts'

/** A server that runs as a child of this process. */
export interface RunningServer {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** What runs, and what it is told by its environment. */
export interface ServerSettings {
  /** Name of its log file and of its data folder. */
  readonly name: string
  readonly app: 'institution' | 'shop' | 'wallet' | 'console'
  readonly port: number
  readonly environment: Readonly<Record<string, string>>
}

const mainFiles = {
  institution: new URL('../../../institution/src/main.ts', import.meta.url),
  shop: new URL('../../../shop/src/main.ts', import.meta.url),
  console: new URL('../../../console/src/main.ts', import.meta.url),
  wallet: new URL('../../../wallet/server/main.ts', import.meta.url),
} as const

const readyWithinMs = 120_000

/**
 * Starts a server and waits until it is ready. The kernel ends it when this process ends.
 *
 * @throws CliError `ERR_CLI_SERVER`: it ended, or was not ready in time; its log says why
 */
export async function startServer(home: Home, { name, app, port, environment }: ServerSettings): Promise<RunningServer> {
  const logFile = join(home.folder, `${name}.log`)
  const log = openSync(logFile, 'a', 0o600)
  const url = `http://localhost:${port}`
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, fileURLToPath(mainFiles[app])], {
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: url,
      DATA_FOLDER: join(home.folder, 'servers', name),
      LOG_LEVEL: 'warn',
      // What is compiled once need not be for the next start, nor for the next server.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(home.folder, 'compile-cache'),
      ...environment,
    },
  })
  closeSync(log)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  if (!(await becomesReady(child, url, readyWithinMs)))
    throw new CliError('ERR_CLI_SERVER', `a server did not become ready; ${logFile} says why`)
  return { url, pid: child.pid!, stop: () => stop(child, ended) }
}

/** Waits until a server that was just started is ready. @returns false if it ended, or was not ready in time: then it is killed */
export async function becomesReady(child: ChildProcess, url: string, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    if (answer?.ok === true) return true
    await sleep(50)
  }
  child.kill('SIGKILL')
  return false
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.exitCode === null) child.kill('SIGTERM')
  await ended
}
