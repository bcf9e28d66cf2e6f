import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { open, rm, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bytesToHex, reverseBytes, sha256 } from '@hufu/primitives'
import type { AskOptions } from './ask-node.ts'
import { greetPeer, type PeerGreeting } from './greet-peer.ts'
import { hashOfFile } from './hash-of-file.ts'
import { parseHostPort } from './host-port.ts'
import { type FleetLook, lookAtFleet } from './look-at-fleet.ts'
import { measureClock } from './measure-clock.ts'
import type { NetworkFile } from './network-file.ts'
import { validatorConfig } from './validator-config.ts'
import type { OpenedValidator } from './validator-folder.ts'

/** How preflight learns about the world; each can be another one in a test. */
export interface PreflightProbes {
  nowMs(): number
  /** How far a node's clock is ahead of this one; null: it does not say. */
  clockAheadMs(rpcUrl: string): Promise<number | null>
  disk(folder: string): Promise<{ readonly freeBytes: number; readonly kind: string }>
  /** Time that a slow one of some small writes takes until it is safe. */
  syncMs(folder: string): Promise<number>
  memory(): { readonly limitBytes: number; readonly availableBytes: number }
  processors(): number
  /** Files that this process may have open; null: not known. */
  openFiles(): number | null
  /** Why nobody can listen there; null: one can. */
  portFault(address: string): Promise<string | null>
  hashOfFile(file: string): Promise<string | null>
  /** Permission bits; null: there is no such file. */
  mode(path: string): number | null
  greet(address: string): Promise<PeerGreeting>
  fleet(network: NetworkFile): Promise<FleetLook>
  /** Hash of the first block in the node's database, or why it cannot be read; null: there is no database. */
  databaseGenesis(opened: OpenedValidator): Promise<{ readonly hash: string } | { readonly fault: string } | null>
}

const syncs = 25
const mode700 = 0o777
const databaseTimeoutMs = 60_000

/** The probes of this host. */
export function hostProbes(ask: AskOptions): PreflightProbes {
  return {
    nowMs: Date.now,
    clockAheadMs: url => measureClock(url, ask, Date.now).catch(() => null),
    disk: async folder => {
      const { bavail, bsize, type } = await statfs(folder)
      return { freeBytes: bavail * bsize, kind: kinds.get(type) ?? `0x${type.toString(16)}` }
    },
    syncMs: measureSync,
    memory: () => ({ limitBytes: process.constrainedMemory() || totalMemory(), availableBytes: process.availableMemory() }),
    processors: availableParallelism,
    openFiles: readOpenFiles,
    portFault,
    hashOfFile: file => hashOfFile(file).catch(() => null),
    mode: path => {
      try {
        return statSync(path).mode & mode700
      } catch {
        return null
      }
    },
    greet: address => greetPeer(address, ask.timeoutMs),
    fleet: network => lookAtFleet(network, ask, Date.now()),
    databaseGenesis: readDatabaseGenesis,
  }
}

// Numbers of file systems, linux/magic.h.
const kinds: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
  [0x794c7630, 'overlayfs'],
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb'],
  [0x65735546, 'fuse'],
])

/** As the node's database does it: a page written in place, then made safe. */
async function measureSync(folder: string): Promise<number> {
  const file = join(folder, `.preflight-${process.pid}`)
  const handle = await open(file, 'w', 0o600)
  try {
    const page = new Uint8Array(4_096).fill(1)
    const times: number[] = []
    for (let round = 0; round < syncs; round++) {
      const startedAt = performance.now()
      await handle.write(page, 0, page.length, 0)
      await handle.datasync()
      times.push(performance.now() - startedAt)
    }
    return times.sort((left, right) => left - right)[Math.floor(syncs * 0.9)]!
  } finally {
    await handle.close()
    await rm(file, { force: true })
  }
}

function totalMemory(): number {
  const kilobytes = /^MemTotal:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
  return Number(kilobytes ?? 0) * 1024
}

function readOpenFiles(): number | null {
  const limit = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return limit === undefined ? null : limit === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(limit)
}

function portFault(address: string): Promise<string | null> {
  return new Promise(resolve => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
    server.listen({ ...parseHostPort(address), exclusive: true }, () => server.close(() => resolve(null)))
  })
}

/** Lets neo-go open the database: it refuses one of another network by itself, and gives out the first block of this one. */
async function readDatabaseGenesis({
  files,
  network,
  settings,
}: OpenedValidator): Promise<{ readonly hash: string } | { readonly fault: string } | null> {
  if (!exists(files.databaseFile)) return null
  const folder = mkdtempSync(join(tmpdir(), 'hufu-preflight-'))
  try {
    const config = JSON.parse(validatorConfig({ network, settings, password: null })) as {
      ApplicationConfiguration: {
        DBConfiguration: { BoltDBOptions: { FilePath: string; ReadOnly?: boolean } }
        Prometheus: { Enabled: boolean }
      }
    }
    config.ApplicationConfiguration.DBConfiguration.BoltDBOptions = { FilePath: files.databaseFile }
    config.ApplicationConfiguration.Prometheus.Enabled = false
    const configFile = join(folder, 'config.yml')
    const dump = join(folder, 'dump')
    writeFileSync(configFile, JSON.stringify(config))
    const args = ['db', 'dump', '--config-file', configFile, '--non-incremental', '--start', '0', '--count', '1', '--out', dump]
    try {
      await promisify(execFile)(files.binary, args, { timeout: databaseTimeoutMs, killSignal: 'SIGKILL' })
    } catch (error) {
      const { stderr = '', killed } = error as { stderr?: string; killed?: boolean }
      if (killed === true) return { fault: 'it is in use by another process' }
      const line = stderr.trimEnd().split('\n').at(-1) ?? ''
      return { fault: line === '' ? 'neo-go cannot open it' : line }
    }
    return { hash: firstBlockHash(readFileSync(dump)) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Number of blocks, length of the first, the block: whose hash is that of its header without witnesses. */
function firstBlockHash(dump: Uint8Array): string {
  const hashable = 4 + 32 + 32 + 8 + 8 + 4 + 1 + 20 + 32
  return bytesToHex(reverseBytes(sha256(dump.subarray(8, 8 + hashable))))
}

function exists(file: string): boolean {
  try {
    return statSync(file).size > 0
  } catch {
    return false
  }
}
