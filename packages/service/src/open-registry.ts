import type { DidSource } from '@hufu/did'
import type { LedgerClient, NetworkDescriptor, ScriptHash } from '@hufu/ledger'
import type { TrustSource } from '@hufu/trust'
import type { Database, SqlValue } from './database.ts'
import { ServiceError } from './errors.ts'
import { findStatusAnchor, type StatusAnchor } from './registry-anchors.ts'
import { registryDidSource } from './registry-did-source.ts'
import { RegistryFollower } from './registry-follower.ts'
import { RegistryHead } from './registry-head.ts'
import { LatestStates } from './registry-latest-states.ts'
import { peekCursor } from './registry-schema.ts'
import { registryTrustSource } from './registry-trust-source.ts'

/** What a registry needs. */
export interface RegistryOptions {
  readonly client: LedgerClient
  readonly network: NetworkDescriptor
  readonly database: Database
  /** Is told of what went wrong in the background. */
  readonly onError?: (error: unknown) => void
  /** How long an answer may wait for the tables to come up to the latest block; default 5,000. */
  readonly freshWithinMs?: number
  /** How long to wait before following again after something went wrong; default 1,000. */
  readonly retryMs?: number
  /** Identifiers whose latest state is kept in memory; default 100,000. */
  readonly maxCached?: number
}

/**
 * The ledger's registries out of tables that follow it. Every answer is as of the latest block that nodes had announced when it was asked
 * for. All throw ServiceError `ERR_SERVICE_BEHIND` where the tables do not come up to it in time, and LedgerError `ERR_LEDGER_UNREACHABLE`
 * where nobody can say which block is the latest.
 */
export interface Registry {
  readonly dids: DidSource
  readonly trust: TrustSource
  findStatusAnchor(issuer: ScriptHash, listId: string, sha256: Uint8Array): Promise<StatusAnchor | null>
  /** Asks a node which block is the latest, instead of waiting to be told, and waits until the tables have it. */
  refresh(): Promise<void>
  /** How far the tables are: index of the last block in them, and of the latest that is known (undefined: nobody knows). */
  readonly height: { readonly tables: number; readonly chain: number | undefined }
  close(): Promise<void>
}

/** Opens the registry: makes what tables are missing, and begins to follow. Returns at once; the first answers wait until it has caught up. */
export function openRegistry(options: RegistryOptions): Registry {
  const { client, network, database, onError, freshWithinMs = 5_000, retryMs = 1_000, maxCached = 100_000 } = options
  const cache = new LatestStates(registryDidSource({ query }, network.name), maxCached)
  const head = new RegistryHead({ client })
  const follower = new RegistryFollower({
    ...{ client, network, database, retryMs, onChange: identifier => cache.forget(identifier) },
    ...(onError === undefined ? {} : { onError }),
  })
  const trust = registryTrustSource({ query })

  /** Refuses rows of tables that another process is making anew. */
  async function query<Row extends object>(sql: string, values?: readonly SqlValue[]): Promise<readonly Row[]> {
    const { height } = follower
    const rows = await database.query<Row>(sql, values)
    if (((await peekCursor(database))?.blockIndex ?? -1) < height) throw behind()
    return rows
  }

  async function reached(blockIndex: number): Promise<void> {
    try {
      await follower.reached(blockIndex, AbortSignal.timeout(freshWithinMs))
    } catch (cause) {
      throw behind(cause)
    }
  }

  /** Undefined at once if the tables are up to date, so that the common case waits for nothing. */
  function upToDate(): Promise<void> | undefined {
    const known = head.known
    if (known === undefined) return head.ask().then(reached)
    return known <= follower.height ? undefined : reached(known)
  }

  return {
    dids: {
      network: network.name,
      findState: async (identifier, moment) => {
        await upToDate()
        return cache.findState(identifier, moment)
      },
    },
    trust: {
      findGrant: async (...query) => {
        await upToDate()
        return trust.findGrant(...query)
      },
      findCredentialType: async (...query) => {
        await upToDate()
        return trust.findCredentialType(...query)
      },
      findQuery: async (...query) => {
        await upToDate()
        return trust.findQuery(...query)
      },
    },
    async findStatusAnchor(issuer, listId, sha256) {
      await upToDate()
      return findStatusAnchor({ query }, issuer, listId, sha256)
    },
    refresh: async () => reached(await head.ask()),
    get height() {
      return { tables: follower.height, chain: head.known }
    },
    async close() {
      head.close()
      await follower.close()
    },
  }
}

function behind(cause?: unknown): ServiceError {
  return new ServiceError('ERR_SERVICE_BEHIND', 'the tables have not caught up with the ledger; try again later', { cause })
}
