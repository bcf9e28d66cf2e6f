import type { Json } from '@hufu/primitives'
import { memberOf, type Place, readList, readMembers, readText, readTypeId, refusal } from '../attributes/read-json.ts'
import { zkFormat } from '../attributes/zk-credential.ts'
import { type Condition, parseStatement, readValue, type Statement } from './statement.ts'

/** A credential query of DCQL for our format, read: which answer it is, and what it asks. */
export interface ZkCredentialQuery {
  /** Member of `vp_token` under which the presentation goes. */
  readonly id: string
  readonly statement: Statement
}

const maxClaims = 4
const maxValues = 8

/** True for an entry of DCQL's `credentials` in our format. */
export function isZkCredentialQuery(json: unknown): boolean {
  return typeof json === 'object' && json !== null && (json as { format?: unknown }).format === zkFormat
}

/**
 * Reads an entry of DCQL's `credentials` of format `hufu_zk` (OpenID4VP 1.0 §6.1).
 *
 * `meta` has `type_values`, one credential type, and `statement`: `where` with what is to be proven without being shown, `pseudonym`, `maxRootAgeSeconds`, and
 * perhaps `version`. `claims` has what is to be shown, as in any format; with `values`, one of them must be it.
 *
 * @throws ProofError `ERR_PROOF_STATEMENT`: another form; or members by which DCQL would ask what these proofs do not answer, such as the issuer
 *   (`trusted_authorities`), several credentials (`multiple`) or a choice (`claim_sets`)
 */
export function parseZkCredentialQuery(json: unknown): ZkCredentialQuery {
  const place: Place = { path: 'query', code: 'ERR_PROOF_STATEMENT' }
  const query = readMembers(json, place, {
    required: ['id', 'format', 'meta'],
    optional: ['claims', 'multiple', 'require_cryptographic_holder_binding'],
  })
  if (query.format !== zkFormat) throw refusal(memberOf(place, 'format'), zkFormat)
  if (query.multiple !== undefined && query.multiple !== false) throw refusal(memberOf(place, 'multiple'), 'false')
  if (query.require_cryptographic_holder_binding !== undefined && query.require_cryptographic_holder_binding !== true)
    throw refusal(memberOf(place, 'require_cryptographic_holder_binding'), 'true')
  const id = readText(query.id, memberOf(place, 'id'), 1, 64)
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw refusal(memberOf(place, 'id'), 'letters, digits, _ and -')
  const meta = readMembers(query.meta, memberOf(place, 'meta'), { required: ['type_values', 'statement'] })
  const [credentialType] = readList(meta.type_values, memberOf(place, 'meta.type_values'), 1, 1)
  const asked = readMembers(meta.statement, memberOf(place, 'meta.statement'), {
    required: ['where', 'pseudonym', 'maxRootAgeSeconds'],
    optional: ['version'],
  })
  const { where, ...rest } = parseStatement({ ...asked, credentialType: readTypeId(credentialType, memberOf(place, 'meta.type_values')) })
  if (where.some(condition => 'disclose' in condition))
    throw refusal(memberOf(place, 'meta.statement.where'), 'what is shown to stand in claims')
  return { id, statement: parseStatement({ ...rest, where: [...where, ...readShown(query.claims, memberOf(place, 'claims'))] }) }
}

/** The entry of DCQL's `credentials` that asks a statement. The counterpart of {@link parseZkCredentialQuery}. */
export function writeZkCredentialQuery({ id, statement }: ZkCredentialQuery): { readonly [name: string]: Json } {
  const { credentialType, where, pseudonym, ...rest } = statement
  const shown = where.filter(condition => 'disclose' in condition)
  const proven = where.filter(condition => !('disclose' in condition))
  return {
    id,
    format: zkFormat,
    meta: {
      type_values: [credentialType],
      statement: { ...rest, where: proven, pseudonym: pseudonym === 'none' ? pseudonym : { ...pseudonym } },
    },
    ...(shown.length === 0 ? {} : { claims: shown.map(({ claim }) => ({ path: [claim] })) }),
  }
}

function readShown(json: Json | undefined, place: Place): readonly Condition[] {
  if (json === undefined) return []
  const shown = readList(json, place, 1, maxClaims).map((entry, index) => {
    const at: Place = { ...place, path: `${place.path}[${index}]` }
    const { path, values } = readMembers(entry, at, { required: ['path'], optional: ['id', 'values'] })
    const [claim] = readList(path, memberOf(at, 'path'), 1, 1)
    const name = readText(claim, memberOf(at, 'path'), 1, 64)
    const disclose: Condition = { claim: name, disclose: true }
    if (values === undefined) return [disclose]
    return [
      { claim: name, in: readList(values, memberOf(at, 'values'), 1, maxValues).map(value => readValue(value, memberOf(at, 'values'))) },
      disclose,
    ]
  })
  return shown.flat()
}
