import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { startServer } from '../../start-server.ts'
import { type ConsoleWorld, fillLedger } from './fill-ledger.ts'

const main = fileURLToPath(new URL('../../../apps/console/src/main.ts', import.meta.url))

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
  const server = await startServer(main, join(folder, 'server.log'), port, {
    DATA_FOLDER: join(folder, 'data'),
    LOG_LEVEL: 'warn',
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
