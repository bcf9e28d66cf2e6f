import { spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether processes may be traced here: a container may forbid it. */
export const canInject = spawnSync('strace', ['-f', '-qq', '-e', 'trace=none', 'true']).status === 0

export interface InjectedErrors {
  /** How many calls were refused. */
  count(): number
  /** Lets go of the processes. */
  stop(): Promise<void>
}

const attachesWithinMs = 20_000

/**
 * Has the kernel refuse calls of running processes, of all their threads and of those that they start, as it does when a disk fails. Settles once it does.
 *
 * @param calls - such as `fsync,fdatasync`
 * @param error - such as `EIO`
 * @param file - only calls on it; default: on all files
 */
export async function injectErrors(pids: readonly number[], calls: string, error: string, file?: string): Promise<InjectedErrors> {
  const options = [
    '-f',
    '-qq',
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${calls}:error=${error}`,
    '-e',
    'signal=none',
    ...(file === undefined ? [] : ['-P', file]),
  ]
  const tracer = spawn('strace', [...options, ...pids.flatMap(pid => ['-p', String(pid)])], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>(resolve => tracer.once('exit', () => resolve()))
  let said = ''
  tracer.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const deadline = Date.now() + attachesWithinMs
  while (!pids.every(pid => threadsOf(pid).every(isTraced))) {
    if (Date.now() > deadline || tracer.exitCode !== null) throw new Error(`strace did not attach: ${said.slice(0, 500)}`)
    await sleep(20)
  }
  return {
    count: () => said.split('(INJECTED)').length - 1,
    async stop() {
      if (tracer.exitCode === null && tracer.signalCode === null) tracer.kill('SIGINT')
      await ended
    },
  }
}

/** A process and all that come of it. */
export function withChildren(pid: number): readonly number[] {
  const children = readText(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(withChildren)]
}

function threadsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}`)
  } catch {
    return []
  }
}

function isTraced(thread: string): boolean {
  const status = readText(`${thread}/status`)
  return status === '' || !/^TracerPid:\t0$/m.test(status)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
