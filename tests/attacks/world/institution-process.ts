import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** An institution's server as it runs anywhere: `main.ts`, a process of its own. */
export interface InstitutionProcess {
  /** Where it listens, which is not where it says it is if it is a replica. */
  readonly url: string
  readonly logFile: string
  /** Lines of its log on requests that failed, all but those that came before a status list was on the ledger. */
  failures(): readonly string[]
  /** As an administrator stops it. */
  stop(): Promise<void>
  /** As a power cut does. */
  kill(): Promise<void>
}

const main = fileURLToPath(new URL('../../../apps/institution/src/main.ts', import.meta.url))
const readyWithinMs = 180_000

/** Starts a server and waits until it is ready. The kernel ends it when this process ends. @throws Error: it does not become ready, with the end of its log */
export async function startProcess(
  folder: string,
  name: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<InstitutionProcess> {
  const logFile = join(folder, `${name}.log`)
  const log = openSync(logFile, 'a')
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, main], {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_FOLDER: join(folder, name),
      NODE_COMPILE_CACHE: join(tmpdir(), 'hufu-attacks-compile-cache'),
      ...environment,
    },
  })
  closeSync(log)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  await untilReady(child, url, logFile)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  const failures = () =>
    readFileSync(logFile, 'utf8')
      .split('\n')
      .filter(line => line.includes('"request failed"') && !line.includes('ERR_SERVICE_BEHIND'))
  return { url, logFile, failures, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error(`expected a server to become ready: ${readFileSync(logFile, 'utf8').slice(-2_000)}`)
}
