import { join } from 'node:path'
import { LedgerClient, type NetworkDescriptor } from '@hufu/ledger'
import { type Watch, watchedNodes, watchNetwork } from '@hufu/network'
import { type Clock, systemClock } from '@hufu/primitives'
import {
  type Database,
  jobMigrations,
  migrate,
  type OpenedJobs,
  openConfiguredDatabase,
  openJobs,
  openRegistry,
  openTrees,
  openVaultFile,
  readConfiguredFile,
} from '@hufu/service'
import {
  Approvals,
  approvalMigrations,
  auditMigrations,
  openAuditLog,
  openStaff,
  type Part,
  type Staff,
  staffMigrations,
} from '@hufu/staff'
import type { Texts } from '@hufu/trust'
import type { Logger } from 'pino'
import { Counter, type Registry as MetricsRegistry } from 'prom-client'
import { openReplay } from './audit/open-replay.ts'
import { ChainIndex } from './chain-index/chain-index.ts'
import type { ConsoleConfig } from './config.ts'
import { consoleRoles } from './console-roles.ts'
import { consoleMigrations } from './console-schema.ts'
import { openCouncil } from './council/open-council.ts'
import { EvidenceDesk } from './evidence/evidence-desk.ts'
import { Liars } from './evidence/liars.ts'
import { Blocks } from './explorer/blocks.ts'
import { openExplorer } from './explorer/open-explorer.ts'
import { RegistryLists } from './explorer/registry-lists.ts'
import { openFleet } from './fleet/open-fleet.ts'
import { openNetwork } from './network/network-routes.ts'
import { NodeWords } from './nodes/node-words.ts'
import { openPages } from './pages/open-pages.ts'
import { openTrust } from './trust/open-trust.ts'
import { TrustRegister } from './trust/trust-register.ts'

export interface ConsoleSurroundings {
  readonly network: NetworkDescriptor
  readonly names: Readonly<Record<string, Texts>>
  readonly publicUrl: string
  readonly log: Logger
  readonly metrics: MetricsRegistry
  readonly clock?: Clock
  /** How validators are asked; for tests of those that lie. */
  readonly fetch?: typeof globalThis.fetch
  /** Default: one of the network's validators. */
  readonly watch?: Watch
}

/** The console with all its parts, and what ends its background work. */
export interface OpenedConsole {
  readonly database: Database
  readonly jobs: OpenedJobs
  readonly staff: Staff
  readonly parts: readonly Part[]
  close(): Promise<void>
}

/** Opens everything: the watch of the validators, tables that follow the ledger, evidence, staff. @throws ServiceError `ERR_SERVICE_CONFIG` */
export async function openConsole(config: ConsoleConfig, surroundings: ConsoleSurroundings): Promise<OpenedConsole> {
  const { network, names, publicUrl, log, metrics, clock = systemClock, fetch } = surroundings
  const onError = (error: unknown) => log.warn({ err: error }, 'background work')
  const asking = fetch === undefined ? {} : { fetch }
  // First of all: whoever opens the console wants to see at once how the validators are.
  const watch =
    surroundings.watch ?? watchNetwork({ nodes: watchedNodes(network, config.networkFolder), magic: network.magic, clock, ...asking })
  const database = await openConfiguredDatabase(config)
  await migrate(database, [...jobMigrations, ...auditMigrations, ...approvalMigrations, ...staffMigrations, ...consoleMigrations])
  const client = new LedgerClient({ network, ...asking })
  const registry = openRegistry({ client, network, database, onError })
  const index = new ChainIndex({ client, network, database, onError })
  const trees =
    config.credentialTrees === 'off'
      ? undefined
      : await openTrees({ client, network, trust: registry.trust, folder: join(config.dataFolder, 'trees'), onError })
  const liars = new Liars({ clock, counter: liarCounter(metrics) })
  const desk = new EvidenceDesk({ network, liars, clock, ...asking })
  const jobs = openJobs(database, { onError: (error, kind) => log.warn({ err: error, kind }, 'background work') })
  // The console has no account, so nobody anchors its log; whoever wants to check it later keeps a copy of its head.
  const audit = openAuditLog({ ...{ database, jobs, clock, log, metrics, self: { did: 'console', slug: 'console' } }, anchor: undefined })
  const approvals = new Approvals({ database, audit, clock })
  const vault = await openVaultFile(config)
  const self = { name: { 'zh-CN': config.consoleNameZh, en: config.consoleNameEn } }
  const staff = await openStaff(
    { ...{ database, audit, approvals, publicUrl, vault, jobs, clock, log, self } },
    {
      ...{ roles: consoleRoles, signIn: config.staffSignIn, host: config.host, pagesPath: '/' },
      bootstrap:
        config.staffBootstrapFile === undefined ? undefined : await readConfiguredFile('STAFF_BOOTSTRAP_FILE', config.staffBootstrapFile),
    },
  )
  const words = new NodeWords(network, asking)
  const register = new TrustRegister({ database, registry, network: network.name })
  const lists = new RegistryLists({ database, index, network: network.name })
  const fleet = openFleet({ network, watch, liars, database, clock, networkFolder: config.networkFolder, onError })
  const parts: readonly Part[] = [
    openNetwork(network, names),
    fleet,
    openTrust({ register, network: network.name, clock }),
    openExplorer({ network, desk, blocks: new Blocks({ desk, words, index, network }), lists, index, trees, clock }),
    openCouncil({ network, client, desk, database, audit, clock }),
    openReplay({ network, desk, clock, maxLogBytes: config.auditLogLimitBytes }),
    staff,
    audit,
    openPages({ name: self.name, network: network.name }),
  ]
  return {
    ...{ database, jobs, staff, parts },
    async close() {
      await fleet.close?.()
      await jobs.close()
      await audit.close()
      await trees?.close()
      await index.close()
      await registry.close()
      client.close()
      await database.close()
    },
  }
}

function liarCounter(registry: MetricsRegistry): Counter {
  return new Counter({
    name: 'hufu_console_false_evidence_total',
    help: 'Times that a validator gave evidence that does not hold, by its name.',
    labelNames: ['node'],
    registers: [registry],
  })
}
