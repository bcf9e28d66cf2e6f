import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { NetworkError } from './errors.ts'
import type { NodeFiles } from './network-folder.ts'

const neoGo = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'neo-go')
const maxKeptLogBytes = 8 * 1024 * 1024
const stopWaitMs = 10_000
// Ends with the parent by the kernel's hand. Should the parent have ended before that was arranged, nothing is started: $0 is its id.
const launcher = ['--pdeathsig', 'KILL', 'sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)]

/** A running validator. */
export interface NodeProcess {
  readonly pid: number
  /** Settles when the process has ended, by itself or not. */
  readonly ended: Promise<void>
  readonly hasEnded: () => boolean
  /** Asks it to end, and ends it after ten seconds. */
  stop(): Promise<void>
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>
}

/**
 * Starts a validator. The kernel ends it when this process ends, however that happens.
 *
 * @throws NetworkError `ERR_NETWORK_BINARY`: neo-go was not built
 */
export function startNode(node: NodeFiles): NodeProcess {
  if (!existsSync(neoGo)) throw new NetworkError('ERR_NETWORK_BINARY', 'neo-go is not built; run: npm run setup')
  keepLogBounded(node.logFile)
  const log = openSync(node.logFile, 'a', 0o600)
  const child = spawn('setpriv', [...launcher, neoGo, 'node', '--config-file', node.configFile], {
    cwd: node.folder,
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  let over = false
  const ended = new Promise<void>(resolve => {
    const finish = (): void => {
      over = true
      resolve()
    }
    child.once('exit', finish)
    child.once('error', finish)
  })
  if (child.pid === undefined) throw new NetworkError('ERR_NETWORK_BINARY', 'setpriv (package util-linux) could not be started')
  return {
    pid: child.pid,
    ended,
    hasEnded: () => over,
    stop: () => stop(child, ended, () => over),
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

async function stop(child: ChildProcess, ended: Promise<void>, hasEnded: () => boolean): Promise<void> {
  child.kill('SIGTERM')
  await Promise.race([ended, sleep(stopWaitMs, undefined, { ref: false })])
  if (!hasEnded()) child.kill('SIGKILL')
  await ended
}

/** The last lines of a node's log, for a message that says why it ended. */
export function lastLogLines(node: NodeFiles, count: number): string {
  if (!existsSync(node.logFile)) return ''
  return readFileSync(node.logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}

/** One earlier log is kept beside the current one. */
function keepLogBounded(file: string): void {
  if (existsSync(file) && statSync(file).size > maxKeptLogBytes) renameSync(file, `${file}.1`)
}
