import type { ClaimPath, JsonObject } from '@hufu/credentials'
import { errorCode } from '@hufu/primitives'
import { type AttributeLayout, checkSatisfied, compileStatement, encodeAttributes } from '@hufu/proofs'
import { type FoundClaim, findClaims } from './claim-values.ts'
import { type CredentialQuery, credentialSetsOf, type DcqlQuery, type ZkQuery } from './dcql-query.ts'
import { typeNamesOf } from './w3c-types.ts'

/** A credential that the wallet has. `id` is the wallet's own name for it. */
export type HeldCredential =
  | {
      readonly id: string
      readonly format: 'dc+sd-jwt'
      /** Its `vct`. */
      readonly credentialType: string
      /** All of them, with those that are always visible. */
      readonly claims: JsonObject
    }
  | { readonly id: string; readonly format: 'ldp_vc'; readonly document: JsonObject }
  | {
      readonly id: string
      readonly format: 'hufu_zk'
      readonly credentialType: string
      readonly claims: JsonObject
      /** Of its type: with it, conditions are checked too. */
      readonly layout?: AttributeLayout
    }

/** A credential that can answer. */
export interface CredentialOption {
  readonly credentialId: string
  /** The fewest claims that do; for `presentSdJwt`. */
  readonly disclose: readonly ClaimPath[]
  /** What the verifier asked to see, with its values. */
  readonly shown: readonly FoundClaim[]
  /** True if it can only be shown whole, whatever was asked (`ldp_vc`). */
  readonly whole: boolean
}

/** Why nothing, or one credential, does not answer. */
export interface MissingReason {
  readonly credentialId?: string
  /** `none-held`: none of the type and format; `condition`: what is to be proven does not hold. */
  readonly reason: 'none-held' | 'claim' | 'value' | 'condition'
  /** The claim that it is about. */
  readonly path?: ClaimPath
}

/** What can be answered to one credential query. */
export interface CredentialMatch {
  readonly query: CredentialQuery
  readonly options: readonly CredentialOption[]
  /** Empty where there are options. */
  readonly missing: readonly MissingReason[]
}

/** What a wallet can answer to a query, for the person to choose from. */
export interface DcqlMatch {
  /** True if all that is required can be answered. */
  readonly possible: boolean
  /** In the query's order. */
  readonly credentials: readonly CredentialMatch[]
  /** The query's sets; where it has none, one that has all credentials. */
  readonly sets: readonly {
    readonly required: boolean
    readonly options: readonly { readonly ids: readonly string[]; readonly possible: boolean }[]
  }[]
}

/**
 * Finds which of the wallet's credentials answer a query, and with which claims (OpenID4VP 1.0 §6.4).
 *
 * @param options.today - day in China, `YYYY-MM-DD`, for ages
 */
export function matchDcql(query: DcqlQuery, held: readonly HeldCredential[], options: { readonly today: string }): DcqlMatch {
  const credentials = query.credentials.map(one => matchCredential(one, held, options.today))
  const answerable = new Set(credentials.filter(match => match.options.length > 0).map(match => match.query.id))
  const sets = credentialSetsOf(query).map(({ required, options }) => ({
    required,
    options: options.map(ids => ({ ids, possible: ids.every(id => answerable.has(id)) })),
  }))
  return {
    possible: sets.every(set => !set.required || set.options.some(option => option.possible)),
    credentials,
    sets,
  }
}

function matchCredential(query: CredentialQuery, held: readonly HeldCredential[], today: string): CredentialMatch {
  const ofType = held.filter(credential => isOfType(query, credential))
  if (ofType.length === 0) return { query, options: [], missing: [{ reason: 'none-held' }] }
  const tried = ofType.map(credential => tryCredential(query, credential, today))
  const options = tried.flatMap(attempt => ('option' in attempt ? [attempt.option] : []))
  return { query, options, missing: options.length > 0 ? [] : tried.flatMap(attempt => ('missing' in attempt ? attempt.missing : [])) }
}

function isOfType(query: CredentialQuery, credential: HeldCredential): boolean {
  if (query.format === 'ldp_vc') {
    if (credential.format !== 'ldp_vc') return false
    const names = typeNamesOf(credential.document)
    return query.typeSets.some(set => set.every(type => names.has(type)))
  }
  return credential.format === query.format && query.credentialTypes.includes(credential.credentialType)
}

type Attempt = { readonly option: CredentialOption } | { readonly missing: readonly MissingReason[] }

function tryCredential(query: CredentialQuery, credential: HeldCredential, today: string): Attempt {
  const credentialId = credential.id
  const claims = credential.format === 'ldp_vc' ? credential.document : credential.claims
  const attempt = findClaims(claims, query)
  if ('missing' in attempt) return { missing: attempt.missing.map(reason => ({ credentialId, ...reason })) }
  if (query.format === 'hufu_zk' && credential.format === 'hufu_zk') {
    const unmet = unmetClaims(query, credential, today)
    if (unmet.length > 0) return { missing: unmet.map(claim => ({ credentialId, reason: 'condition', path: [claim] })) }
  }
  const whole = query.format === 'ldp_vc'
  const disclose = query.format === 'dc+sd-jwt' ? attempt.found.map(({ path }) => path) : []
  return { option: { credentialId, disclose, shown: attempt.found, whole } }
}

/** Claims that are not what the statement asks; without the type's layout it is only seen whether they are there. */
function unmetClaims({ statement }: ZkQuery, { claims, layout }: HeldCredential & { readonly format: 'hufu_zk' }, today: string): string[] {
  const asked = [...new Set(statement.where.map(({ claim }) => claim))]
  if (layout === undefined) return asked.filter(claim => !Object.hasOwn(claims, claim))
  try {
    const compiled = compileStatement(statement, layout, { today })
    const attributes = encodeAttributes(layout, claims)
    return compiled.claims
      .filter(one => !isSatisfied(() => checkSatisfied({ ...compiled, claims: [one] }, attributes)))
      .map(({ attribute }) => attribute.claim)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    // The type's layout cannot express what is asked: no credential of it will do.
    return asked
  }
}

function isSatisfied(check: () => void): boolean {
  try {
    check()
    return true
  } catch (error) {
    if (errorCode(error) === 'ERR_PROOF_UNSATISFIED') return false
    throw error
  }
}
