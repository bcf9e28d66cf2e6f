import type { ClaimPath, JsonObject } from '@hufu/credentials'
import { errorCode, type Json } from '@hufu/primitives'
import { parseZkCredentialQuery } from '@hufu/proofs'
import { ExchangeError } from '../errors.ts'
import { checkJsonSize, memberOf, type Place, readList, readObject, readText, refusal } from '../json/read-json.ts'
import type { AskedValue, ClaimQuery, CredentialQuery, CredentialSetQuery, DcqlQuery, SdJwtQuery, W3cQuery, ZkQuery } from './dcql-query.ts'

const maxCredentials = 16
const maxClaims = 32
const maxSets = 16
const maxValues = 32
const maxTypes = 16
const maxPathLength = 8
const maxIndex = 2 ** 16
const maxJsonValues = 2048

/**
 * Parses a DCQL query (OpenID4VP 1.0 §6) of SD-JWT VCs, W3C credentials and zero-knowledge presentations. Members that are not known are refused: what is
 * not understood may ask for something.
 *
 * @throws ExchangeError `ERR_EXCHANGE_QUERY`: the message names the member; `ERR_EXCHANGE_TOO_LARGE`
 */
export function parseDcqlQuery(json: unknown): DcqlQuery {
  const place: Place = { path: 'dcql_query', code: 'ERR_EXCHANGE_QUERY' }
  checkJsonSize(json, place, { maxValues: maxJsonValues })
  const query = readKnown(json, place, ['credentials', 'credential_sets'])
  const credentials = readList(query.credentials, memberOf(place, 'credentials'), 1, maxCredentials).map((entry, index) =>
    readCredentialQuery(entry, memberOf(place, `credentials[${index}]`)),
  )
  const ids = credentials.map(({ id }) => id)
  if (new Set(ids).size !== ids.length) throw refusal(memberOf(place, 'credentials'), 'each id once')
  const sets = query.credential_sets
  return {
    json: query,
    credentials,
    credentialSets:
      sets === undefined
        ? undefined
        : readList(sets, memberOf(place, 'credential_sets'), 1, maxSets).map((set, index) =>
            readCredentialSet(set, memberOf(place, `credential_sets[${index}]`), ids),
          ),
  }
}

const commonMembers = ['id', 'format', 'multiple', 'meta', 'require_cryptographic_holder_binding', 'claims', 'claim_sets']

function readCredentialQuery(json: Json, place: Place): CredentialQuery {
  const { format } = readObject(json, place)
  if (format === 'hufu_zk') return readZkQuery(readObject(json, place), place)
  const query = readKnown(json, place, commonMembers)
  const meta = (names: readonly string[]) => readKnown(query.meta, memberOf(place, 'meta'), names)
  switch (format) {
    case 'dc+sd-jwt': {
      const types = readTexts(meta(['vct_values']).vct_values, memberOf(place, 'meta.vct_values'), maxTypes)
      return { ...readCommon(query, place), format, credentialTypes: types } satisfies SdJwtQuery
    }
    case 'ldp_vc': {
      const at = memberOf(place, 'meta.type_values')
      const typeSets = readList(meta(['type_values']).type_values, at, 1, maxTypes).map(set => readTexts(set, at, maxTypes))
      return { ...readCommon(query, place), format, typeSets } satisfies W3cQuery
    }
    default:
      throw refusal(memberOf(place, 'format'), 'dc+sd-jwt, ldp_vc or hufu_zk')
  }
}

function readZkQuery(json: JsonObject, place: Place): ZkQuery {
  const { id, statement } = parseZk(json, place)
  return {
    id,
    format: 'hufu_zk',
    multiple: false,
    holderBinding: true,
    claims: json.claims === undefined ? undefined : readClaims(json.claims, memberOf(place, 'claims')),
    claimSets: undefined,
    credentialTypes: [statement.credentialType],
    statement,
  }
}

function parseZk(json: JsonObject, place: Place) {
  try {
    return parseZkCredentialQuery(json)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new ExchangeError(place.code, `${place.path}: ${(cause as Error).message}`, { cause })
  }
}

function readCommon(query: JsonObject, place: Place) {
  const claims = query.claims === undefined ? undefined : readClaims(query.claims, memberOf(place, 'claims'))
  return {
    id: readId(query.id, memberOf(place, 'id')),
    multiple: readFlag(query.multiple, memberOf(place, 'multiple'), false),
    holderBinding: readFlag(query.require_cryptographic_holder_binding, memberOf(place, 'require_cryptographic_holder_binding'), true),
    claims,
    claimSets: query.claim_sets === undefined ? undefined : readClaimSets(query.claim_sets, memberOf(place, 'claim_sets'), claims),
  }
}

function readClaims(json: Json, place: Place): readonly ClaimQuery[] {
  const claims = readList(json, place, 1, maxClaims).map((entry, index) => readClaim(entry, { ...place, path: `${place.path}[${index}]` }))
  const ids = claims.flatMap(({ id }) => id ?? [])
  if (new Set(ids).size !== ids.length) throw refusal(place, 'each id once')
  const paths = claims.map(({ path }) => JSON.stringify(path))
  if (new Set(paths).size !== paths.length) throw refusal(place, 'each path once')
  return claims
}

function readClaim(json: Json, place: Place): ClaimQuery {
  const { id, path, values } = readKnown(json, place, ['id', 'path', 'values'])
  return {
    id: id === undefined ? undefined : readId(id, memberOf(place, 'id')),
    path: readPath(path, memberOf(place, 'path')),
    values:
      values === undefined
        ? undefined
        : readList(values, memberOf(place, 'values'), 1, maxValues).map(value => readValue(value, memberOf(place, 'values'))),
  }
}

function readPath(json: Json | undefined, place: Place): ClaimPath {
  return readList(json, place, 1, maxPathLength).map(step => {
    if (step === null) return step
    if (typeof step === 'number' && Number.isInteger(step) && step >= 0 && step <= maxIndex) return step
    if (typeof step === 'number') throw refusal(place, 'indexes that are small integers')
    return readText(step, place, 1, 256)
  })
}

function readValue(json: Json, place: Place): AskedValue {
  if (typeof json === 'boolean') return json
  if (typeof json === 'number' && Number.isSafeInteger(json)) return json
  return readText(json, place, 0, 1024)
}

function readClaimSets(json: Json, place: Place, claims: readonly ClaimQuery[] | undefined): readonly (readonly string[])[] {
  if (claims === undefined) throw refusal(place, 'claims beside it')
  if (claims.some(({ id }) => id === undefined)) throw refusal(place, 'an id for every claim')
  return readOptions(
    json,
    place,
    claims.flatMap(({ id }) => id ?? []),
  )
}

function readCredentialSet(json: Json, place: Place, ids: readonly string[]): CredentialSetQuery {
  const { options, required } = readKnown(json, place, ['options', 'required'])
  return { options: readOptions(options, memberOf(place, 'options'), ids), required: readFlag(required, memberOf(place, 'required'), true) }
}

/** Lists of ids, all of them known. */
function readOptions(json: Json | undefined, place: Place, ids: readonly string[]): readonly (readonly string[])[] {
  return readList(json, place, 1, maxSets).map(option => {
    const chosen = readTexts(option, place, maxClaims)
    if (!chosen.every(id => ids.includes(id))) throw refusal(place, 'ids that the query has')
    return chosen
  })
}

function readTexts(json: Json | undefined, place: Place, most: number): readonly string[] {
  const texts = readList(json, place, 1, most).map(text => readText(text, place, 1, 512))
  if (new Set(texts).size !== texts.length) throw refusal(place, 'each entry once')
  return texts
}

function readId(json: Json | undefined, place: Place): string {
  const id = readText(json, place, 1, 64)
  if (!/^[A-Za-z0-9_-]+$/.test(id)) throw refusal(place, 'letters, digits, _ and -')
  return id
}

function readFlag(json: Json | undefined, place: Place, otherwise: boolean): boolean {
  if (json === undefined) return otherwise
  if (typeof json !== 'boolean') throw refusal(place, 'true or false')
  return json
}

function readKnown(json: unknown, place: Place, names: readonly string[]): JsonObject {
  const object = readObject(json, place)
  if (!Object.keys(object).every(name => names.includes(name))) throw refusal(place, `no members but ${names.join(', ')}`)
  return object
}
