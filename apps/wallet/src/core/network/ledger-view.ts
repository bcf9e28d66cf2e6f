import { accountOfDid, type DidSource, findVerificationKey, parseDid, provenSource } from '@hufu/did'
import type { PublicKey } from '@hufu/keys'
import { type HeaderStore, LedgerError, LightClient } from '@hufu/ledger'
import { bytesToUtf8, type Clock, errorCode, parseJson } from '@hufu/primitives'
import { provenTrustSource, type TrustSource } from '@hufu/trust'
import { WalletError } from '../errors.ts'
import type { WalletDatabase } from '../store/wallet-database.ts'
import type { NetworkFile } from './network-file.ts'

/** The ledger as of one block, proven by the validators' signatures. */
export interface LedgerMoment {
  /** The state is that after this block. */
  readonly blockIndex: number
  readonly dids: DidSource
  readonly trust: TrustSource
}

/** What the wallet needs of the ledger. Its methods throw WalletError `ERR_WALLET_OFFLINE` where no node gave a true and recent answer. */
export interface LedgerView {
  /** The newest state. @param maxAgeMs - one this old will do; default 0 */
  now(maxAgeMs?: number): Promise<LedgerMoment>
  /** For reading of other contracts, all of it proven. */
  readonly client: Pick<LightClient, 'verifiedStorage' | 'verifiedHeader'>
}

const headersName = 'headers'

/** Opens the light client over the network file's validators; the headers that it verified are kept in the database. */
export function openLedgerView(options: {
  readonly file: NetworkFile
  readonly database: WalletDatabase
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly onNewest: (blockIndex: number, atMs: number) => void
}): LedgerView {
  const { file, database, fetch, clock, onNewest } = options
  const store: HeaderStore = {
    load: async () => ((await database.plain(headersName)) as readonly string[] | undefined) ?? [],
    save: async headers => database.writePlain({ [headersName]: headers }),
  }
  const client = new LightClient({ network: file.network, store, fetch, clock })
  let latest: { readonly moment: LedgerMoment; readonly atMs: number } | undefined
  return {
    client,
    async now(maxAgeMs = 0) {
      const nowMs = clock.nowMs()
      if (latest !== undefined && nowMs - latest.atMs <= maxAgeMs && nowMs >= latest.atMs) return latest.moment
      const header = await orOffline(() => client.sync())
      // The header of a block carries the state after the one before it.
      const atBlockIndex = header.blockIndex - 1
      const trust = provenTrustSource(client, file.network, { atBlockIndex })
      const moment = { blockIndex: atBlockIndex, dids: provenSource(client, file.network), trust: trustOrOffline(trust) }
      latest = { moment, atMs: nowMs }
      onNewest(header.blockIndex, nowMs)
      return moment
    },
  }
}

/** A key of a DID's document, proven; null if it is not listed for the purpose. */
export async function keyOfDid(
  { dids }: LedgerMoment,
  kid: string,
  purpose: 'authentication' | 'assertionMethod',
  atMs: number | 'latest',
): Promise<{ readonly controller: string; readonly publicKey: PublicKey; readonly blockIndex: number } | null> {
  try {
    const { did, publicKey, state } = await findVerificationKey(dids, kid, purpose, atMs === 'latest' ? 'latest' : { timeMs: atMs })
    return { controller: did, publicKey, blockIndex: state.blockIndex }
  } catch (error) {
    if (errorCode(error)?.startsWith('ERR_DID_') === true) return null
    if (error instanceof LedgerError) throw offline(error)
    throw error
  }
}

/** A credential type's schema with its version; null if no node has it. */
export async function schemaOf(
  { trust }: LedgerMoment,
  typeId: string,
  version: number | 'latest' = 'latest',
): Promise<{ readonly version: number; readonly schema: unknown } | null> {
  const type = await trust.findCredentialType(typeId, version)
  return type === null ? null : { version: type.version, schema: parseJson(bytesToUtf8(type.schema)) }
}

/** The account of a DID of this network; undefined for any other text. */
export function accountOf(did: string, network: string): ReturnType<typeof accountOfDid> | undefined {
  if (!did.startsWith(`did:neo:${network}:`)) return undefined
  try {
    return accountOfDid(parseDid(did))
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}

function trustOrOffline(source: TrustSource): TrustSource {
  return {
    findGrant: (key, atMs) => orOffline(() => source.findGrant(key, atMs)),
    findCredentialType: (typeId, version) => orOffline(() => source.findCredentialType(typeId, version)),
    findQuery: (institution, queryId, version) => orOffline(() => source.findQuery(institution, queryId, version)),
  }
}

async function orOffline<Result>(task: () => Promise<Result>): Promise<Result> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof LedgerError) throw offline(error)
    throw error
  }
}

function offline(cause: LedgerError): WalletError {
  return new WalletError('ERR_WALLET_OFFLINE', 'ledger: no node gave an answer that could be proven', { cause })
}
