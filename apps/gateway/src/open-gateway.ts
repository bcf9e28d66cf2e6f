import { type Clock, systemClock, utf8ToBytes } from '@hufu/primitives'
import { type GatewayPorts, type Rules, SatpError, SatpGateway } from '@hufu/satp'
import {
  type ClockWatch,
  type Database,
  databaseReady,
  jobMigrations,
  keepUsedValuesSwept,
  migrate,
  type OpenedJobs,
  OutsideAgents,
  openConfiguredDatabase,
  openJobs,
  openOneUseValues,
  outsideFetch,
  type ReadinessChecks,
  readConfiguredFile,
  ServiceError,
  usedValueMigrations,
} from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { GatewayChains } from './chains/gateway-chains.ts'
import type { GatewayConfig } from './config.ts'
import type { AllowList } from './counterparts/allow-list.ts'
import { configuredAllowList } from './counterparts/configured-allow-list.ts'
import { CounterpartDirectory } from './counterparts/counterpart-directory.ts'
import { gatewayMetrics } from './gateway-metrics.ts'
import { gatewayMigrations } from './gateway-migrations.ts'
import { GatewayView } from './gateway-view.ts'
import { networkPart } from './networks/network-routes.ts'
import { NetworkSwitches } from './networks/network-switches.ts'
import { openPages } from './pages/open-pages.ts'
import { Alarms, type AlarmWebhook } from './quarantine/alarms.ts'
import { Quarantine } from './quarantine/quarantine.ts'
import { quarantinePart } from './quarantine/quarantine-routes.ts'
import type { GatewaySettings } from './settings/gateway-settings.ts'
import { type GatewayKey, readGatewayKey } from './settings/read-gateway-key.ts'
import { DatabaseSessionLog } from './transfers/database-session-log.ts'
import { sendOverHttp } from './transfers/send-over-http.ts'
import { SessionBook } from './transfers/session-book.ts'
import { TransferDesk } from './transfers/transfer-desk.ts'
import { transferPart } from './transfers/transfer-routes.ts'
import { ViewDesk } from './views/view-desk.ts'
import { viewPart } from './views/view-routes.ts'

export interface GatewaySurroundings {
  readonly settings: GatewaySettings
  readonly chains: GatewayChains
  readonly publicUrl: string
  readonly operatorToken: string
  readonly log: Logger
  readonly metrics: Registry
  readonly clock?: Clock
  /** Default: as configured. */
  readonly database?: Database
  /** Default: that of the settings. */
  readonly allowList?: AllowList | undefined
  /** Confirms the server's clock by the ledger's time. */
  readonly clockWatch?: ClockWatch | undefined
  /** How counterparts are asked; default: over the network, at addresses that may be asked. */
  readonly fetch?: typeof globalThis.fetch
  /** Changes to the usual times. */
  readonly rules?: Partial<Rules>
}

/** A gateway with all its parts, and what ends its background work. */
export interface OpenedGateway {
  readonly database: Database
  readonly jobs: OpenedJobs
  readonly desk: TransferDesk
  readonly view: GatewayView
  readonly parts: readonly Part[]
  readonly readiness: ReadinessChecks
  close(): Promise<void>
}

/** How long background work of a process that ended is left to it. */
const leaseMs = 3_000

/** Opens everything, and goes on with what was under way. @throws ServiceError `ERR_SERVICE_CONFIG`, `ERR_SERVICE_KEY` */
export async function openGateway(config: GatewayConfig, surroundings: GatewaySurroundings): Promise<OpenedGateway> {
  const { settings, chains, publicUrl, operatorToken, log, metrics, clockWatch, clock = systemClock } = surroundings
  const database = surroundings.database ?? (await openConfiguredDatabase(config))
  await migrate(database, [...jobMigrations, ...usedValueMigrations, ...gatewayMigrations])
  const agents = new OutsideAgents()
  const closing = new AbortController()
  const fetch = surroundings.fetch ?? (await peerFetch(config, agents))
  const jobs = openJobs(database, { leaseMs, clockWatch, onError: (error, kind) => log.warn({ err: error, kind }, 'background work') })
  const alarms = new Alarms({ ...{ database, jobs, metrics, log, clock }, webhook: await readWebhook(config, fetch) })
  const quarantine = new Quarantine({ database, alarms, clock })
  const allowList = surroundings.allowList ?? configuredAllowList(settings)
  const counterparts = new CounterpartDirectory({ settings, keys: await readKeys(config, settings), allowList })
  const switches = new NetworkSwitches({ database, allowList, networks: settings.networks.map(({ id }) => id), clock })
  const sessions = new DatabaseSessionLog(database)
  const book = new SessionBook(database)
  const counted = gatewayMetrics(metrics, () => book.counts())
  const { counterpartTimeoutMs: timeoutMs, retryMs, maxRetryMs, lookEveryMs } = config
  const satp = new SatpGateway(
    {
      log: sessions,
      endOf: network => chains.endOf(network),
      counterparts,
      send: sendOverHttp({
        ...{ fetch, urlOf: did => counterparts.urlOf(did), timeoutMs, closing: closing.signal, onSent: counted.sent },
      }),
      clock,
      quarantine: item => quarantine.put(item.message, { reason: item.code, counterpart: item.signedBy }),
      accept: acceptIfOn(switches),
    },
    { retryMinMs: retryMs, retryMaxMs: maxRetryMs, ...surroundings.rules },
  )
  const desk = new TransferDesk({
    ...{ satp, sessions, book, switches, database, jobs, log, lookEveryMs, maxRetryMs },
    ...{ lockForMs: settings.lockForMs, nowMs: () => clock.nowMs() },
  })
  const views = new ViewDesk({
    ...{ views: settings.views, chains, counterparts, fetch, switches, quarantine, database, clock, timeoutMs },
    ...{ urlOf: did => counterparts.urlOf(did), oneUse: openOneUseValues({ clock }) },
  })
  const view = new GatewayView({ settings, switches, allowList, book, quarantine })
  keepUsedValuesSwept(jobs, database, clock)
  desk.start()
  return {
    ...{ database, jobs, desk, view },
    parts: [
      transferPart({ desk, sessions, view, onReceived: counted.received }),
      viewPart({ desk: views, onViewed: counted.viewed }),
      networkPart({ view, switches, onSwitch: () => desk.lookForAll() }),
      quarantinePart(quarantine),
      openPages({ view, operatorToken, publicUrl, clock }),
    ],
    readiness: {
      database: () => databaseReady(database),
      ...(clockWatch === undefined ? {} : { clock: async () => clockWatch.confirm() }),
    },
    async close() {
      closing.abort()
      await desk.close()
      await jobs.close()
      agents.close()
      if (surroundings.database === undefined) await database.close()
    },
  }
}

/** A transfer waits while one of its networks is off: whoever switches a network off may know no more than that something is wrong. */
function acceptIfOn(switches: NetworkSwitches): NonNullable<GatewayPorts['accept']> {
  return async ({ fromNetwork, toNetwork }) => {
    if (![fromNetwork, toNetwork].every(network => switches.isKnown(network)))
      throw new SatpError('ERR_SATP_TERMS', 'proposal: expected networks of this gateway', { protocolCode: 'err_0.1.2' })
    await switches.requireOn(fromNetwork, toNetwork)
  }
}

/** A fetch for addresses that the configuration names: public ones, and those that it allows. */
async function peerFetch(config: GatewayConfig, agents: OutsideAgents): Promise<typeof globalThis.fetch> {
  const { peerAuthorityFile, peerNetworks, loopbackPeers, counterpartTimeoutMs, bodyLimitBytes } = config
  const ca = peerAuthorityFile === undefined ? undefined : await readConfiguredFile('PEER_AUTHORITY_FILE', peerAuthorityFile)
  return outsideFetch({
    ...{ allowLoopback: loopbackPeers === 'allow', allowNetworks: peerNetworks, agents },
    ...{ timeoutMs: counterpartTimeoutMs, maxBytes: bodyLimitBytes },
    ...(ca === undefined ? {} : { ca }),
  })
}

async function readKeys(config: GatewayConfig, { did, counterparts }: GatewaySettings): Promise<ReadonlyMap<string, GatewayKey>> {
  const { keyPassphraseFile } = config
  const passphrase =
    keyPassphraseFile === undefined ? undefined : (await readConfiguredFile('KEY_PASSPHRASE_FILE', keyPassphraseFile)).trim()
  const keys = new Map<string, GatewayKey>()
  for (const counterpart of counterparts) keys.set(counterpart.did, await readGatewayKey(counterpart.keyFile, did, passphrase))
  const different = new Set([...keys.values()].map(({ signer }) => signer.publicKey))
  if (different.size < keys.size) throw new ServiceError('ERR_SERVICE_CONFIG', 'GATEWAY_FILE: expected another key for each counterpart')
  return keys
}

async function readWebhook(config: GatewayConfig, fetch: typeof globalThis.fetch): Promise<AlarmWebhook | undefined> {
  const { alarmWebhookFile, alarmWebhookSecretFile } = config
  if (alarmWebhookFile === undefined || alarmWebhookSecretFile === undefined) return undefined
  const url = (await readConfiguredFile('ALARM_WEBHOOK_FILE', alarmWebhookFile)).trim()
  if (!URL.canParse(url)) throw new ServiceError('ERR_SERVICE_CONFIG', 'ALARM_WEBHOOK_FILE: expected a URL')
  const secret = utf8ToBytes((await readConfiguredFile('ALARM_WEBHOOK_SECRET_FILE', alarmWebhookSecretFile)).trim())
  if (secret.length < 16) throw new ServiceError('ERR_SERVICE_CONFIG', 'ALARM_WEBHOOK_SECRET_FILE: expected at least 16 characters')
  return { url, secret, fetch }
}
