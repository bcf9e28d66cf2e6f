import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server of ours as it runs anywhere: its `main.ts`, a process of its own. */
export interface RunningServer {
  /** Where it listens, which is not where it says it is if it is a replica. */
  readonly url: string
  /** As an administrator stops it. */
  stop(): Promise<void>
  /** As a power cut does. */
  kill(): Promise<void>
}

const readyWithinMs = 180_000

/**
 * Starts a server and waits until it is ready. The kernel ends it when this process ends.
 *
 * @param logFile - what it says is added to it
 * @throws Error: it does not become ready, with the end of its log
 */
export async function startServer(
  main: string,
  logFile: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const log = openSync(logFile, 'a')
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, main], {
    stdio: ['ignore', log, log],
    env: { PATH, NODE_COMPILE_CACHE, HOST: '127.0.0.1', PORT: String(port), ...environment },
  })
  closeSync(log)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = `http://127.0.0.1:${port}`
  await untilReady(child, url, logFile)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  return { url, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error(`the server did not become ready: ${readFileSync(logFile, 'utf8').slice(-2_000)}`)
}
