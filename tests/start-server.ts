import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { becomesReady } from '../apps/cli/src/pilot/start-server.ts'

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
  if (!(await becomesReady(child, url, readyWithinMs)))
    throw new Error(`the server did not become ready: ${readFileSync(logFile, 'utf8').slice(-2_000)}`)
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  return { url, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}
