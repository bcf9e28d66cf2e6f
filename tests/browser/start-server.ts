import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const readyWithinMs = 60_000

/**
 * Starts a server of ours as it runs anywhere, as a process that ends with this one, and waits until it is ready.
 *
 * @param folder - for its log and its data
 */
export async function startServer(
  main: string,
  folder: string,
  port: number,
  environment: Readonly<Record<string, string>>,
): Promise<{ stop(): Promise<void> }> {
  const logFile = join(folder, 'server.log')
  const log = openSync(logFile, 'a')
  // The kernel ends it when this process ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, main], {
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH ?? '', PORT: String(port), DATA_FOLDER: join(folder, 'data'), LOG_LEVEL: 'warn', ...environment },
  })
  closeSync(log)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  await untilReady(child, `http://127.0.0.1:${port}/health/ready`, logFile)
  return {
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      await ended
    },
  }
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
    if (answer?.ok === true) return
    await sleep(50)
  }
  child.kill('SIGKILL')
  throw new Error(`the server did not become ready: ${readFileSync(logFile, 'utf8').slice(-2_000)}`)
}
