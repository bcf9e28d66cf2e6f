import { join } from 'node:path'
import { anchorStatusList, type FindStatusAnchor, statusListId } from '@hufu/credentials'
import { accountOfDid, parseDid, provenSource } from '@hufu/did'
import { FileOutbox } from '@hufu/files'
import { LedgerClient, LightClient, type NetworkDescriptor, parseNetworkDescriptor } from '@hufu/ledger'
import { sha256, utf8ToBytes } from '@hufu/primitives'
import type { TreeAlarm } from '@hufu/proofs'
import {
  type ClockWatch,
  type CredentialLookups,
  credentialLookups,
  type Database,
  openClockWatch,
  openConfiguredDatabase,
  openRegistry,
  openTrees,
  type Registry,
  readConfiguredFile,
  ServiceError,
  type Trees,
} from '@hufu/service'
import type { Logger } from 'pino'
import type { InstitutionConfig } from './config.ts'
import type { ResolverOptions } from './resolver/resolver-routes.ts'
import type { SigningParty } from './signing-party.ts'
import type { TreeRouteOptions } from './trees/tree-routes.ts'

/** Who is told of what happens in the background. */
export interface LedgerListeners {
  readonly log: Pick<Logger, 'error' | 'info'>
  readonly onError: (error: unknown) => void
  /** An issuer has published a root that its leaves do not give. */
  readonly onAlarm: (alarm: TreeAlarm) => void
}

/** What this server knows of the ledger, and writes to it. */
export interface Ledger {
  readonly network: NetworkDescriptor
  readonly client: LedgerClient
  /** Confirms this server's clock by the ledger's time. */
  readonly clockWatch: ClockWatch
  /** Identifiers and rights out of tables that follow the ledger. */
  readonly registry: Registry
  /** Where those tables are, and the server's own. */
  readonly database: Database
  /** Answers out of the tables, and by proof to whoever asks for one. */
  readonly resolver: ResolverOptions
  /** The credential trees, where they are followed. */
  readonly trees?: (TreeRouteOptions & { readonly trees: Trees }) | undefined
  readonly lookups: CredentialLookups & { readonly findStatusAnchor: FindStatusAnchor }
  /** Puts the hash of a status list on the ledger. Settles once that is durable. */
  anchor(party: SigningParty, list: { uri: string; text: string }): Promise<void>
  /** @throws where the tables do not come up to the ledger's latest block, or the outbox cannot be written */
  ready(): Promise<void>
  close(): Promise<void>
}

/**
 * Opens the way to the ledger: a client of its nodes, and tables that follow it.
 *
 * @returns undefined if no network is configured
 * @throws ServiceError `ERR_SERVICE_CONFIG`; LedgerError `ERR_LEDGER_DESCRIPTOR`; FileError `ERR_FILE_LOCKED`
 */
export async function openLedger(config: InstitutionConfig, { log, onError, onAlarm }: LedgerListeners): Promise<Ledger | undefined> {
  if (config.networkFile === undefined) return undefined
  const network = parseNetworkDescriptor(await readConfiguredFile('NETWORK_FILE', config.networkFile))
  const outbox = await FileOutbox.open(join(config.dataFolder, 'outbox.journal'))
  const client = new LedgerClient({ network, outbox })
  const database = await openConfiguredDatabase(config)
  const registry = openRegistry({ client, network, database, onError })
  const trees =
    config.credentialTrees === 'off'
      ? undefined
      : await openTrees({ client, network, trust: registry.trust, folder: join(config.dataFolder, 'trees'), onAlarm, onError })
  for (const write of (await client.resume()).values()) write.durable().catch(onError)
  return {
    network,
    client,
    clockWatch: openClockWatch(network, log),
    registry,
    database,
    resolver: { source: registry.dids, refresh: registry.refresh, prover: provenSource(new LightClient({ network }), network) },
    trees: trees === undefined ? undefined : { network: network.name, trees },
    lookups: { ...credentialLookups(registry.dids, registry.trust), findStatusAnchor: statusAnchorsOf(registry, network) },
    async anchor({ did, account }, { uri, text }) {
      // Whoever is on no ledger has nothing to anchor there.
      if (!did.startsWith('did:neo:')) return
      if (account === undefined)
        throw new ServiceError('ERR_SERVICE_CONFIG', 'an identity file without the key that controls its DID cannot anchor')
      const list = { issuer: accountOfDid(parseDid(did)), uri, sha256: sha256(utf8ToBytes(text)) }
      await (await anchorStatusList({ client, network }, list, { account })).durable()
    },
    async ready() {
      // Reading goes on; writing does once its disk does.
      await outbox.mend()
      await registry.refresh()
    },
    async close() {
      await trees?.close()
      await registry.close()
      client.close()
      await outbox.close()
      await database.close()
    },
  }
}

function statusAnchorsOf(registry: Registry, network: NetworkDescriptor): FindStatusAnchor {
  return async ({ issuer, uri, sha256: hash }) => {
    if (!issuer.startsWith(`did:neo:${network.name}:`)) return null
    const listId = statusListId(uri)
    const anchor = await registry.findStatusAnchor(accountOfDid(parseDid(issuer)), listId, hash)
    if (anchor === null) return null
    const { sequence, timeMs, blockIndex, supersededAtMs } = anchor
    return { supersededAtMs, evidence: { listId, sequence, anchoredAtMs: timeMs, blockIndex } }
  }
}
