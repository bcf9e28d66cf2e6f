import type { JsonObject } from '@hufu/credentials'
import { ExchangeError } from '../errors.ts'
import { type FoundClaim, findClaims, pickClaims } from './claim-values.ts'
import { type CredentialQuery, credentialSetsOf, type DcqlQuery } from './dcql-query.ts'
import { typeNamesOf } from './w3c-types.ts'

/** A credential that was presented and verified: signatures, issuer, status and holder's proof are none of this file's matter. */
export type AnsweredCredential = {
  /** Under which credential query it came. */
  readonly queryId: string
  /** True if the holder proved, for this request, that it is theirs. */
  readonly holderBound: boolean
} & (
  | { readonly format: 'dc+sd-jwt'; readonly credentialType: string; readonly claims: JsonObject }
  | { readonly format: 'ldp_vc'; readonly document: JsonObject }
  /** `claims` are those that were disclosed. */
  | { readonly format: 'hufu_zk'; readonly credentialType: string; readonly claims: JsonObject }
)

/** What a verifier learned by one credential, and nothing that it did not ask. */
export interface CheckedAnswer {
  readonly queryId: string
  readonly asked: readonly FoundClaim[]
  /** The same as an object. A W3C credential of which no claims were asked is here whole. */
  readonly claims: JsonObject
}

/**
 * Checks that verified credentials are what a query asks: each of the right format and type with its claims and values, none that nobody asked for, and no
 * required set unanswered (OpenID4VP 1.0 §8.6).
 *
 * @throws ExchangeError `ERR_EXCHANGE_PRESENTATION`: the message names the credential query
 */
export function checkDcqlAnswer(query: DcqlQuery, answer: readonly AnsweredCredential[]): readonly CheckedAnswer[] {
  const checked = answer.map(credential => checkCredential(credential, query))
  for (const { id, multiple } of query.credentials)
    if (!multiple && answer.filter(({ queryId }) => queryId === id).length > 1) throw unfit(id, 'one credential')
  const answered = new Set(answer.map(({ queryId }) => queryId))
  for (const { required, options } of credentialSetsOf(query))
    if (required && !options.some(ids => ids.every(id => answered.has(id))))
      throw new ExchangeError('ERR_EXCHANGE_PRESENTATION', `vp_token: expected ${options.map(ids => ids.join(' and ')).join(', or ')}`)
  return checked
}

function checkCredential(credential: AnsweredCredential, { credentials }: DcqlQuery): CheckedAnswer {
  const { queryId } = credential
  const query = credentials.find(({ id }) => id === queryId)
  if (query === undefined) throw new ExchangeError('ERR_EXCHANGE_PRESENTATION', 'vp_token: expected only what the query names')
  if (!isOfType(query, credential)) throw unfit(queryId, `a credential of the type asked for, in ${query.format}`)
  if (query.holderBinding && !credential.holderBound) throw unfit(queryId, "the holder's proof")
  const claims = credential.format === 'ldp_vc' ? credential.document : credential.claims
  const attempt = findClaims(claims, query)
  if ('missing' in attempt) throw unfit(queryId, 'the claims and values asked for')
  const isWhole = query.format === 'ldp_vc' && query.claims === undefined
  return {
    queryId,
    asked: attempt.found,
    claims: isWhole
      ? claims
      : pickClaims(
          claims,
          attempt.found.map(({ path }) => path),
        ),
  }
}

function isOfType(query: CredentialQuery, credential: AnsweredCredential): boolean {
  if (query.format === 'ldp_vc') {
    if (credential.format !== 'ldp_vc') return false
    const names = typeNamesOf(credential.document)
    return query.typeSets.some(set => set.every(type => names.has(type)))
  }
  return credential.format === query.format && query.credentialTypes.includes(credential.credentialType)
}

function unfit(id: string, expected: string): ExchangeError {
  return new ExchangeError('ERR_EXCHANGE_PRESENTATION', `vp_token.${id}: expected ${expected}`)
}
