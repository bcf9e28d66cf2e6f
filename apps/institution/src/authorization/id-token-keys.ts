import { randomUUID } from 'node:crypto'
import type { Json } from '@hufu/primitives'
import type { Queries, Vault } from '@hufu/service'
import { exportJWK, generateKeyPair, type JWK } from 'jose'

/** A private key that signs ID tokens. */
export interface IdTokenKey {
  readonly kid: string
  readonly jwk: JWK
}

interface KeyRow {
  readonly id: string
  readonly sealed: Uint8Array
}

interface PublishedRow extends KeyRow {
  readonly ends_ms: number | null
}

/** Clients may have fetched the key set so long ago, and hold tokens that the old key signed: it stays published that long. */
export const keyOverlapMs = 2 * 86_400_000

/**
 * Keys of ID tokens that are published now, the one that signs first; makes them where there are none. In a transaction.
 *
 * There is always a next key, published before it signs: a client that has fetched the key set once before a rotation verifies what is signed after it.
 */
export async function idTokenKeys(queries: Queries, vault: Vault, nowMs: number): Promise<readonly IdTokenKey[]> {
  const rows = await publishedKeys(queries, nowMs)
  if (rows.filter(({ ends_ms }) => ends_ms === null).length < 2) {
    await inTurn(queries)
    const lacking = 2 - (await publishedKeys(queries, nowMs)).filter(({ ends_ms }) => ends_ms === null).length
    for (let count = 0; count < lacking; count++) await addKey(queries, vault, nowMs)
    return idTokenKeys(queries, vault, nowMs)
  }
  return openKeys(rows, vault)
}

/** As {@link idTokenKeys}, without making any. */
export async function publishedIdTokenKeys(queries: Queries, vault: Vault, nowMs: number): Promise<readonly IdTokenKey[]> {
  return openKeys(await publishedKeys(queries, nowMs), vault)
}

function openKeys(rows: readonly PublishedRow[], vault: Vault): Promise<readonly IdTokenKey[]> {
  const current = rows.filter(({ ends_ms }) => ends_ms === null)
  const ended = rows.filter(({ ends_ms }) => ends_ms !== null)
  return Promise.all([...current, ...ended].map(row => openKey(row, vault)))
}

/** The next key signs from now on; the one before stays published for {@link keyOverlapMs}; a new one is made for next time. */
export async function rotateIdTokenKeys(queries: Queries, vault: Vault, nowMs: number): Promise<void> {
  await idTokenKeys(queries, vault, nowMs)
  await inTurn(queries)
  await queries.query(
    `update id_token_keys set ends_ms = $1 where ends_ms is null and position = (select min(position) from id_token_keys where ends_ms is null)`,
    [nowMs + keyOverlapMs],
  )
  await queries.query('delete from id_token_keys where ends_ms < $1', [nowMs])
  await addKey(queries, vault, nowMs)
}

async function publishedKeys(queries: Queries, nowMs: number): Promise<readonly PublishedRow[]> {
  return queries.query('select id, sealed, ends_ms from id_token_keys where ends_ms is null or ends_ms > $1 order by position', [nowMs])
}

/** Any number, the same for every replica. */
const lockNumber = 4_848_504

/** Until the end of the transaction that `queries` belongs to. */
async function inTurn(queries: Queries): Promise<void> {
  await queries.query('select pg_advisory_xact_lock($1)', [lockNumber])
}

async function addKey(queries: Queries, vault: Vault, nowMs: number): Promise<void> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const kid = randomUUID()
  const sealed = await vault.seal((await exportJWK(privateKey)) as Json, contextOf(kid))
  await queries.query(
    `insert into id_token_keys (id, position, sealed, created_ms) values ($1, (select coalesce(max(position), 0) + 1 from id_token_keys), $2, $3)`,
    [kid, sealed, nowMs],
  )
}

async function openKey({ id, sealed }: KeyRow, vault: Vault): Promise<IdTokenKey> {
  const jwk = (await vault.open(sealed, contextOf(id))) as JWK
  return { kid: id, jwk: { ...jwk, kid: id, alg: 'ES256', use: 'sig' } }
}

function contextOf(kid: string): string {
  return `id token key ${kid}`
}
