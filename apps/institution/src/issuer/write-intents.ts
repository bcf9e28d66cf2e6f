import { base64urlToBytes, bytesToBase64url, bytesToHex, randomBytes } from '@hufu/primitives'
import {
  credentialLeaf,
  credentialTypeScalar,
  dayNumber,
  encodeAttributes,
  randomScalar,
  scalarFromBytes,
  scalarToBytes,
} from '@hufu/proofs'
import type { Queries, SqlValue } from '@hufu/service'
import type { Institution } from '../institution.ts'
import type { ApplicationContent } from './application-content.ts'
import type { Configuration } from './configurations.ts'
import type { CredentialRow } from './credential-row.ts'
import type { StatusLists } from './status-lists.ts'

/** What credentials are to be made of. */
export interface IntendedCopies {
  readonly issuance: string
  readonly application: string
  readonly configuration: Configuration
  readonly content: ApplicationContent
  /** Thumbprints of the holder's keys, or one commitment of the wallet, base64url; a copy for each. */
  readonly holders: readonly string[]
  readonly intentAtMs: number
}

interface Copy {
  readonly id: string
  readonly holder: string
}

/**
 * Writes down what is going to be signed, in the transaction that `queries` belongs to: whatever is signed later has its row, with its place in a status list or
 * its leaf.
 *
 * @returns the rows
 */
export async function writeIntents(
  queries: Queries,
  institution: Institution,
  lists: StatusLists,
  intended: IntendedCopies,
): Promise<readonly CredentialRow[]> {
  const copies = intended.holders.map(holder => ({ id: crypto.randomUUID(), holder }))
  const { format } = intended.configuration
  if (format === 'hufu_zk') {
    const leaves: CredentialRow[] = []
    for (const copy of copies) leaves.push(...(await insertLeaf(queries, institution, intended, copy)))
    return leaves
  }
  const rows: CredentialRow[] = []
  const kind = format === 'ldp_vc' ? 'bitstring' : 'token'
  await lists.allocate(queries, kind, copies, async placed => {
    const wanted = placed.map(({ item, list, index }) => [...valuesOf(intended, item), kind, list, index])
    const values = wanted.map(
      (row, at) => `(${row.map((_, column) => `$${at * row.length + column + 1}::${placedTypes[column]}`).join(', ')})`,
    )
    // A place that another transaction is about to take counts as taken: nobody waits for anybody, so no two can wait for each other.
    const written = await queries.query<CredentialRow>(
      `insert into credentials (${placedColumns.join(', ')}) select * from (values ${values.join(', ')}) as placed (${placedColumns.join(', ')})
       where pg_try_advisory_xact_lock(placed.list * 2 + ${kind === 'token' ? 0 : 1}, placed.list_index)
         and not exists (select 1 from credentials other where other.list_kind = placed.list_kind and other.list = placed.list
           and other.list_index = placed.list_index)
       on conflict (list_kind, list, list_index) do nothing returning *`,
      wanted.flat(),
    )
    rows.push(...written)
    const ids = new Set(written.map(({ id }) => id))
    return placed.map(({ item }) => item).filter(({ id }) => ids.has(id))
  })
  return rows
}

const columns = ['id', 'issuance', 'application', 'type', 'format', 'holder', 'schema_version', 'intent_at_ms']
const placedColumns = [...columns, 'list_kind', 'list', 'list_index']
const placedTypes = [...['text', 'text', 'text', 'text', 'text', 'text', 'integer', 'double precision'], ...['text', 'integer', 'integer']]

async function insertLeaf(
  queries: Queries,
  { vault }: Institution,
  intended: IntendedCopies,
  copy: Copy,
): Promise<readonly CredentialRow[]> {
  const { configuration, content } = intended
  const { type } = configuration
  const salt = randomScalar(randomBytes)
  const leaf = credentialLeaf({
    type: credentialTypeScalar(type.typeId),
    attributes: encodeAttributes(type.layout!, content.claims),
    holder: scalarFromBytes(base64urlToBytes(copy.holder)),
    expiry: dayNumber(content.validUntil, 'validUntil'),
    salt,
  })
  const sealed = await vault.seal(bytesToBase64url(scalarToBytes(salt)), `leaf ${copy.id}`)
  const values = [...valuesOf(intended, copy), bytesToHex(scalarToBytes(leaf)), sealed]
  const places = values.map((_, index) => `$${index + 1}`)
  return queries.query<CredentialRow>(
    `insert into credentials (${columns.join(', ')}, leaf, leaf_salt) values (${places.join(', ')}) returning *`,
    values,
  )
}

function valuesOf(
  { issuance, application, configuration: { type, format }, intentAtMs }: IntendedCopies,
  { id, holder }: Copy,
): readonly SqlValue[] {
  return [id, issuance, application, type.typeId, format, holder, type.version, intentAtMs]
}
