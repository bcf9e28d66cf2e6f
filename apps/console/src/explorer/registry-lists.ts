import { didOf } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'
import { bytesToHex } from '@hufu/primitives'
import type { Database } from '@hufu/service'
import type { AnchorList, CredentialTypeList, QueryList, TreeRoot, VerifyingKeyList } from '../api-types.ts'
import type { ChainIndex } from '../chain-index/chain-index.ts'

interface VersionRow {
  readonly version: number
  readonly sha256: Uint8Array
  readonly time_ms: number
  readonly block_index: number
}

const mostAnchors = 200
const mostRoots = 500

/** Lists out of the tables that follow the ledger. That nothing is missing from them rests on this server; each item can be proven by itself. */
export class RegistryLists {
  readonly #database: Database
  readonly #index: ChainIndex
  readonly #network: string

  constructor(options: { readonly database: Database; readonly index: ChainIndex; readonly network: string }) {
    this.#database = options.database
    this.#index = options.index
    this.#network = options.network
  }

  async credentialTypes(): Promise<CredentialTypeList['types']> {
    const rows = await this.#database.query<VersionRow & { readonly type_id: string }>(
      `select distinct on (type_id) type_id, version, schema_hash as sha256, time_ms, block_index from registry_credential_types order by type_id, version desc`,
    )
    return rows.map(row => ({ typeId: row.type_id, ...versionOf(row) }))
  }

  async queries(institution: ScriptHash | undefined): Promise<QueryList['queries']> {
    const rows = await this.#database.query<VersionRow & { readonly institution: ScriptHash; readonly query_id: string }>(
      `select distinct on (institution, query_id) institution, query_id, version, content_hash as sha256, time_ms, block_index
       from registry_queries ${institution === undefined ? '' : 'where institution = $1'} order by institution, query_id, version desc`,
      institution === undefined ? [] : [institution],
    )
    return rows.map(row => ({ did: didOf(this.#network, row.institution), queryId: row.query_id, ...versionOf(row) }))
  }

  /** The latest edition of each list, the newest first. */
  async anchors(issuer: ScriptHash | undefined): Promise<AnchorList['anchors']> {
    const rows = await this.#database.query<{
      readonly issuer: ScriptHash
      readonly list_id: string
      readonly sequence: number
      readonly list_hash: Uint8Array
      readonly time_ms: number
      readonly block_index: number
    }>(
      `select * from (
         select distinct on (issuer, list_id) * from registry_anchors ${issuer === undefined ? '' : 'where issuer = $1'}
         order by issuer, list_id, sequence desc
       ) latest order by block_index desc, issuer, list_id limit ${mostAnchors}`,
      issuer === undefined ? [] : [issuer],
    )
    return rows.map(row => ({
      ...{ did: didOf(this.#network, row.issuer), listId: row.list_id, sequence: row.sequence },
      ...{ sha256: bytesToHex(new Uint8Array(row.list_hash)), timeMs: row.time_ms, blockIndex: row.block_index },
    }))
  }

  /** Latest root of every tree. */
  async trees(): Promise<readonly TreeRoot[]> {
    const published = await this.#index.latestOf('status', 'RootPublished', ['issuer', 'typeId'])
    return published.map(notification => rootOf(notification, this.#network))
  }

  /** Roots of a tree, the newest first. */
  async roots(issuer: ScriptHash, typeId: string): Promise<readonly TreeRoot[]> {
    const published = await this.#index.notifications({
      ...{ contract: 'status', name: 'RootPublished', values: { issuer, typeId }, limit: mostRoots },
    })
    return published.map(notification => rootOf(notification, this.#network))
  }

  async verifyingKeys(): Promise<VerifyingKeyList['keys']> {
    const set = await this.#index.latestOf('proofs', 'VerifyingKeySet', ['circuitId'])
    return set.map(({ values, timeMs, blockIndex }) => ({
      ...{ circuitId: String(values.circuitId), version: Number(values.version), sha256: String(values.keyHash) },
      ...{ timeMs, blockIndex, development: values.development === true },
    }))
  }
}

function versionOf({ version, sha256, time_ms, block_index }: VersionRow) {
  return { version, sha256: bytesToHex(new Uint8Array(sha256)), timeMs: time_ms, blockIndex: block_index }
}

function rootOf(notification: Awaited<ReturnType<ChainIndex['notifications']>>[number], network: string): TreeRoot {
  const { values, timeMs, blockIndex } = notification
  return {
    ...{ did: didOf(network, values.issuer as ScriptHash), typeId: String(values.typeId), rootIndex: Number(values.rootIndex) },
    ...{ size: Number(values.size), root: String(values.root), timeMs, blockIndex },
  }
}
