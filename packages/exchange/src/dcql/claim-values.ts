import type { ClaimPath, JsonObject } from '@hufu/credentials'
import type { Json } from '@hufu/primitives'
import type { AskedValue, ClaimQuery } from './dcql-query.ts'

/** A claim that is asked, with what a credential has there. */
export interface FoundClaim {
  readonly path: ClaimPath
  /** One, or several where the path has a wildcard. */
  readonly values: readonly Json[]
}

/** The values that a path selects (OpenID4VP 1.0 §7.1); empty if there are none. */
export function selectValues(json: Json | undefined, path: ClaimPath): readonly Json[] {
  const [step, ...rest] = path
  if (json === undefined) return []
  if (step === undefined) return [json]
  if (step === null) return Array.isArray(json) ? json.flatMap(element => selectValues(element, rest)) : []
  if (typeof step === 'number') return Array.isArray(json) ? selectValues(json[step], rest) : []
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
  return isObject && Object.hasOwn(json, step) ? selectValues((json as JsonObject)[step], rest) : []
}

/** Why a claim is not there as asked. */
export interface MissingClaim {
  readonly reason: 'claim' | 'value'
  readonly path: ClaimPath
}

/**
 * Finds what is asked of claims in a credential: all of them, or of the sets the first that is there (OpenID4VP 1.0 §6.4.1).
 *
 * @returns what is to be shown; or what is missing, of the best set where there are sets
 */
export function findClaims(
  credential: JsonObject,
  query: { readonly claims: readonly ClaimQuery[] | undefined; readonly claimSets: readonly (readonly string[])[] | undefined },
): { readonly found: readonly FoundClaim[] } | { readonly missing: readonly MissingClaim[] } {
  const { claims = [], claimSets } = query
  const sets = claimSets?.map(ids => claims.filter(({ id }) => id !== undefined && ids.includes(id))) ?? [claims]
  const tried = sets.map(set => tryClaims(credential, set))
  return tried.find(attempt => 'found' in attempt) ?? tried[0]!
}

function tryClaims(credential: JsonObject, claims: readonly ClaimQuery[]) {
  const found = claims.map(({ path, values }) => ({ path, asked: values, values: selectValues(credential, path) }))
  const missing = found.flatMap(({ path, asked, values }): MissingClaim[] => {
    if (values.length === 0) return [{ reason: 'claim', path }]
    return asked === undefined || values.some(value => isAsked(value, asked)) ? [] : [{ reason: 'value', path }]
  })
  return missing.length > 0 ? { missing } : { found: found.map(({ path, values }) => ({ path, values })) }
}

/** Type and value must both agree: the text "18" is not the number 18. */
function isAsked(value: Json, asked: readonly AskedValue[]): boolean {
  return asked.some(one => one === value)
}

/** A credential's claims with nothing but what the paths name. Elements of arrays that are not named are left out. */
export function pickClaims(credential: JsonObject, paths: readonly ClaimPath[]): JsonObject {
  return (pick(credential, paths) ?? {}) as JsonObject
}

function pick(json: Json, paths: readonly ClaimPath[]): Json | undefined {
  if (paths.some(path => path.length === 0)) return json
  if (paths.length === 0 || typeof json !== 'object' || json === null) return undefined
  if (Array.isArray(json)) {
    return json.flatMap(
      (element: Json, index) =>
        pick(
          element,
          tails(paths, step => step === null || step === index),
        ) ?? [],
    )
  }
  const members = Object.entries(json).flatMap(([name, value]) => {
    const picked = pick(
      value,
      tails(paths, step => step === name),
    )
    return picked === undefined ? [] : [[name, picked] as const]
  })
  return Object.fromEntries(members)
}

function tails(paths: readonly ClaimPath[], leadsHere: (step: string | number | null) => boolean): readonly ClaimPath[] {
  return paths.filter(([step]) => step !== undefined && leadsHere(step)).map(path => path.slice(1))
}
