import { type ChildProcess, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { type ConsoleWorld, fillLedger } from './fill-ledger.ts'

const main = fileURLToPath(new URL('../../../apps/console/src/main.ts', import.meta.url))
const readyWithinMs = 60_000

/** Who works with the console. */
export const staff = {
  operator: { name: '顾承安', roles: ['operator'] },
  member: { name: '沈若棠', roles: ['member'] },
} as const
export type StaffName = keyof typeof staff

/** A console as it runs anywhere, on a network of its own with a history. */
export interface Bench {
  readonly url: string
  readonly network: TestNetwork
  readonly world: ConsoleWorld
  /** Link of somebody's invitation. */
  readonly invitations: Readonly<Record<StaffName, string>>
  stop(): Promise<void>
}

/** Starts validators, fills their ledger, and starts the console as a process. */
export async function startConsole(validators: 4 | 7): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-console-pages-'))
  const network = await startTestNetwork({ validators })
  const world = await fillLedger(network)
  const codes = Object.fromEntries(Object.keys(staff).map(name => [name, randomBytes(32).toString('base64url')]))
  const invitations = Object.entries(staff).map(([name, person]) => ({
    ...{ personId: crypto.randomUUID(), ...person, expiresAtMs: Date.now() + 3_600_000 },
    codeHash: createHash('sha256').update(codes[name]!).digest('base64url'),
  }))
  const file = (name: string, content: unknown): string => {
    writeFileSync(join(folder, name), JSON.stringify(content))
    return join(folder, name)
  }
  const port = await freePort()
  const url = `http://localhost:${port}`
  const server = await startServer(folder, port, {
    PUBLIC_URL: url,
    NETWORK_FILE: file('network.json', network.descriptor),
    NAMES_FILE: file('names.json', world.names),
    STAFF_BOOTSTRAP_FILE: file('staff.json', { version: 1, invitations }),
    RATE_LIMIT_PERCENT: '0',
  })
  return {
    ...{ url, network, world },
    invitations: Object.fromEntries(
      Object.keys(staff).map(name => [name, `${url}/#/invitation/${codes[name]}`]),
    ) as unknown as Bench['invitations'],
    async stop() {
      await server.stop()
      await network.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function startServer(
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
