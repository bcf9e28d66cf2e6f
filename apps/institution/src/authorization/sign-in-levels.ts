import type { JsonObject } from '@hufu/credentials'
import type { Json } from '@hufu/primitives'
import { levelsOf, type SignInClient, type SignInLevel, type SignInSettings } from './sign-in-settings.ts'

/** What of an authorization request says how well somebody must be signed in. */
export interface LevelRequest {
  readonly acr_values?: unknown
  readonly claims?: unknown
}

/**
 * The level that a request needs: the lowest of those it names and the client has, but not below the client's least; undefined if it insists
 * (`claims`, essential) on values of which the client has none.
 */
export function neededLevel(settings: SignInSettings, client: SignInClient, request: LevelRequest): SignInLevel | undefined {
  const levels = levelsOf(settings, client)
  const least = Math.max(0, rankIn(levels, client.acr))
  const essential = essentialAcrs(request.claims)
  const asked = essential ?? (typeof request.acr_values === 'string' ? request.acr_values.split(' ') : [])
  const ranks = asked.map(acr => rankIn(levels, acr)).filter(rank => rank >= 0)
  if (essential !== undefined) {
    // Essential values are met by exactly one of them.
    const fitting = ranks.filter(rank => rank >= least)
    return fitting.length === 0 ? undefined : levels[Math.min(...fitting)]
  }
  return levels[Math.max(least, ranks.length === 0 ? 0 : Math.min(...ranks))]
}

/** True if somebody signed in at `acr` needs to show nothing more for `level`. */
export function reaches(settings: SignInSettings, client: SignInClient, acr: string | undefined, level: SignInLevel): boolean {
  const levels = levelsOf(settings, client)
  return rankIn(levels, acr) >= rankIn(levels, level.acr)
}

/** Claims of OpenID Connect from what was disclosed, by the level's mapping. What was not disclosed is missing. */
export function claimsAt(level: SignInLevel, disclosed: JsonObject): JsonObject {
  const found = Object.entries(level.claims ?? {}).map(([name, path]) => [name, valueAt(disclosed, path)] as const)
  return Object.fromEntries(found.filter((entry): entry is [string, Json] => entry[1] !== undefined))
}

/** The path begins with the credential's identifier in the query, or is tried in each of them. */
function valueAt(disclosed: JsonObject, path: readonly string[]): Json | undefined {
  return [disclosed, ...Object.values(disclosed)].map(start => follow(start, path)).find(value => value !== undefined)
}

function follow(start: Json, path: readonly string[]): Json | undefined {
  return path.reduce<Json | undefined>((value, name) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && Object.hasOwn(value, name) ? (value as JsonObject)[name] : undefined
  }, start)
}

function rankIn(levels: readonly SignInLevel[], acr: string | undefined): number {
  return levels.findIndex(level => level.acr === acr)
}

/** @see https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics */
function essentialAcrs(claims: unknown): readonly string[] | undefined {
  if (typeof claims !== 'string') return undefined
  const acr = (JSON.parse(claims) as { id_token?: { acr?: { essential?: unknown; value?: unknown; values?: unknown } | null } })?.id_token
    ?.acr
  if (acr === undefined || acr === null || acr.essential !== true) return undefined
  if (typeof acr.value === 'string') return [acr.value]
  return Array.isArray(acr.values) ? acr.values.filter(value => typeof value === 'string') : undefined
}
