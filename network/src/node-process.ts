import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { bytesToHex, randomBytes } from '@hufu/primitives'
import { NetworkError } from './errors.ts'
import type { NodeFiles } from './network-folder.ts'

/** neo-go, as `npm run setup` builds it. */
export const neoGo = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'neo-go')
const maxKeptLogBytes = 8 * 1024 * 1024
const stopWaitMs = 10_000
// Ends with the parent by the kernel's hand. Should the parent have ended before that was arranged, nothing is started: $0 is its id.
const launcher = ['--pdeathsig', 'KILL', 'sh', '-c', '[ "$PPID" = "$0" ] && exec "$@"', String(process.pid)]

/** Where a node runs, and what it prints into. */
export type NodePlace = Pick<NodeFiles, 'folder' | 'logFile'>

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

/** Another program than the pinned neo-go, or with more in its environment: for upgrades and drills. */
export interface NodeProgram {
  /** Path of the program; default: the pinned neo-go. */
  readonly binary?: string
  readonly environment?: Readonly<Record<string, string>>
}

/**
 * Starts a validator. The kernel ends it when this process ends, however that happens.
 *
 * @throws NetworkError `ERR_NETWORK_BINARY`: neo-go was not built
 */
export function startNode(node: NodeFiles, { binary = neoGo, environment = {} }: NodeProgram = {}): NodeProcess {
  if (!existsSync(binary)) throw new NetworkError('ERR_NETWORK_BINARY', `${basename(binary)} is not built; run: npm run setup`)
  keepLogBounded(node.logFile)
  return startProgram([binary, 'node', '--config-file', node.configFile], node.folder, node.logFile, environment)
}

/**
 * Starts neo-go with a configuration that never comes on a disk, for it may hold a password: it goes through memory.
 *
 * @throws NetworkError `ERR_NETWORK_BINARY`
 */
export function startConfiguredNode({ folder, logFile }: NodePlace, binary: string, configText: string): NodeProcess {
  if (!existsSync(binary)) throw new NetworkError('ERR_NETWORK_BINARY', `${basename(binary)} is missing`)
  keepLogBounded(logFile)
  return startProgram([binary, 'node', '--config-file', '/dev/fd/3'], folder, logFile, {}, configText)
}

/**
 * Starts a program whose output goes to the end of a log. The kernel ends it when this process ends.
 *
 * @param handedOver - what it may read from its file descriptor 3
 * @throws NetworkError `ERR_NETWORK_BINARY`: it could not be started
 */
export function startProgram(
  command: readonly string[],
  folder: string,
  logFile: string,
  environment: Readonly<Record<string, string>> = {},
  handedOver?: string,
): NodeProcess {
  const log = openSync(logFile, 'a', 0o600)
  const env = { ...process.env, ...environment }
  const file = handedOver === undefined ? undefined : unnamedFile(handedOver)
  const stdio: StdioOptions = ['ignore', log, log, file ?? 'ignore']
  const child = spawn('setpriv', [...launcher, ...command], { cwd: folder, env, stdio, detached: true })
  closeSync(log)
  if (file !== undefined) closeSync(file)
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

/** A file in memory that has no name any more, for a child to read. @throws NetworkError `ERR_NETWORK_BINARY`: there is no shared memory */
function unnamedFile(text: string): number {
  const name = join('/dev/shm', `hufu-${process.pid}-${bytesToHex(randomBytes(8))}`)
  try {
    const file = openSync(name, 'wx+', 0o600)
    unlinkSync(name)
    writeSync(file, text)
    return file
  } catch (cause) {
    throw new NetworkError('ERR_NETWORK_BINARY', 'shared memory (/dev/shm), through which a node gets its configuration, cannot be used', {
      cause,
    })
  }
}

async function stop(child: ChildProcess, ended: Promise<void>, hasEnded: () => boolean): Promise<void> {
  child.kill('SIGTERM')
  await Promise.race([ended, sleep(stopWaitMs, undefined, { ref: false })])
  if (!hasEnded()) child.kill('SIGKILL')
  await ended
}

/** The last lines of a node's log, for a message that says why it ended. */
export function lastLogLines(node: NodePlace, count: number): string {
  if (!existsSync(node.logFile)) return ''
  return readFileSync(node.logFile, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
}

/** One earlier log is kept beside the current one. */
function keepLogBounded(file: string): void {
  if (existsSync(file) && statSync(file).size > maxKeptLogBytes) renameSync(file, `${file}.1`)
}
