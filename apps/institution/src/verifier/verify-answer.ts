import { CredentialError, type JsonObject, type Receipt, verifySdJwtVc, verifyW3cPresentation } from '@hufu/credentials'
import {
  type AnsweredCredential,
  bindingOf,
  type CredentialQuery,
  checkDcqlAnswer,
  type DcqlQuery,
  type PresentationBinding,
  type TransactionData,
  type VpPresentation,
  type W3cQuery,
} from '@hufu/exchange'
import { errorCode, type Json } from '@hufu/primitives'
import { type OneUse, PresentationError, type PresentationReceipt, verifyPresentation } from '@hufu/proofs'
import { type AnswerLog, AnswerRefusal } from './answer-receipt.ts'
import type { AnyRule } from './answer-rules.ts'
import type { VerificationSources } from './verification-sources.ts'

/** What the answer must be bound to. */
export interface AnswerTerms {
  readonly clientId: string
  readonly nonce: string
  readonly transactionData: readonly TransactionData[]
}

/** An answer of which every credential holds and is what was asked for. */
export interface VerifiedAnswer {
  /** What was asked and shown, by credential of the query. */
  readonly claims: JsonObject
  readonly pseudonym: string | undefined
  readonly formats: readonly string[]
  /** To be recorded with the answer, in one step: if one of them was used before, the answer is refused. */
  readonly uses: readonly OneUse[]
}

interface VerifiedCredential {
  readonly answered: AnsweredCredential
  readonly pseudonym?: string | undefined
}

/**
 * Verifies what a wallet presented: each credential by the rules of its format, then all of them against the query.
 *
 * @throws AnswerRefusal; what was checked until then is in `log`
 */
export async function verifyAnswer(
  log: AnswerLog,
  presentations: readonly VpPresentation[],
  query: DcqlQuery,
  terms: AnswerTerms,
  sources: VerificationSources,
): Promise<VerifiedAnswer> {
  const uses: OneUse[] = []
  const ids = presentations.map(({ queryId }) => queryId)
  const verified: VerifiedCredential[] = []
  for (const presentation of presentations) {
    const asked = query.credentials.find(({ id }) => id === presentation.queryId)!
    const binding = during(log, 'answer', () => bindingOf(terms, presentation.queryId, ids))
    verified.push(await verifyOne(log, presentation, asked, binding, sources, uses))
  }
  const checked = during(log, 'answer', () =>
    checkDcqlAnswer(
      query,
      verified.map(({ answered }) => answered),
    ),
  )
  log.pass('answer', { credentials: ids.length })
  return {
    claims: Object.fromEntries(checked.map(({ queryId, claims }): [string, Json] => [queryId, claims])),
    pseudonym: verified.find(({ pseudonym }) => pseudonym !== undefined)?.pseudonym,
    formats: presentations.map(({ format }) => format),
    uses,
  }
}

async function verifyOne(
  log: AnswerLog,
  { queryId, presentation }: VpPresentation,
  asked: CredentialQuery,
  binding: PresentationBinding,
  sources: VerificationSources,
  uses: OneUse[],
): Promise<VerifiedCredential> {
  try {
    switch (asked.format) {
      case 'dc+sd-jwt': {
        const { receipt, credentialType, claims } = await verifySdJwtVc(presentation as string, {
          ...sources.sdJwt,
          credentialTypes: asked.credentialTypes,
          keyBinding: {
            audience: binding.audience,
            nonce: binding.nonce,
            maxAgeMs: sources.maxAnswerAgeMs,
            ...(binding.transactionDataHashes === undefined ? {} : { transactionDataHashes: binding.transactionDataHashes }),
          },
        })
        log.add(queryId, receipt.rules)
        return { answered: { queryId, holderBound: true, format: asked.format, credentialType, claims } }
      }
      case 'ldp_vc':
        return await verifyW3c(log, presentation as JsonObject, asked, binding, sources)
      case 'hufu_zk': {
        const { statement } = asked
        const layout = await sources.layoutOf(statement)
        const { receipt, credentialType, disclosed, pseudonym } = await verifyPresentation(presentation as string, {
          challenge: binding.challenge,
          ask: { statement, layout },
          findRoots: sources.findRoots,
          checkProofs: sources.checkProofs,
          clock: sources.clock,
          // Recorded later, in the transaction that takes the answer: a crash in between uses nothing up.
          replay: {
            async recordOnce(asked) {
              uses.push(...asked)
              return undefined
            },
          },
        })
        log.add(queryId, receipt.rules)
        return { answered: { queryId, holderBound: true, format: asked.format, credentialType, claims: disclosed }, pseudonym }
      }
    }
  } catch (error) {
    throw refusalOf(log, queryId, error)
  }
}

async function verifyW3c(
  log: AnswerLog,
  presentation: JsonObject,
  { id }: W3cQuery,
  binding: PresentationBinding,
  sources: VerificationSources,
): Promise<VerifiedCredential> {
  const { audience, nonce } = binding
  const { credentials, receipt } = await verifyW3cPresentation(presentation, { ...sources.w3c, domain: audience, challenge: nonce })
  log.add(id, receipt.rules)
  const [credential, ...others] = credentials
  if (credential === undefined || others.length > 0)
    return log.fail('answer', 'ERR_EXCHANGE_PRESENTATION', 'vp_token: expected one credential in each presentation')
  log.add(id, credential.receipt.rules)
  return { answered: { queryId: id, holderBound: true, format: 'ldp_vc', document: credential.credential } }
}

/** Turns what a verification threw into the answer's refusal, and keeps its rules. Anything else passes through. */
function refusalOf(log: AnswerLog, queryId: string, error: unknown): unknown {
  if (error instanceof AnswerRefusal) return error
  const receipt: Receipt | PresentationReceipt | undefined =
    error instanceof CredentialError || error instanceof PresentationError ? error.receipt : undefined
  const code = errorCode(error)
  if (code === undefined) return error
  const undecided = undecidedCodes.has(code)
  if (receipt !== undefined) log.add(queryId, receipt.rules)
  const rule: AnyRule | undefined = receipt?.rules.findLast(({ passed }) => !passed)?.rule
  if (rule === undefined && !undecided) return error
  return new AnswerRefusal({ rule: rule ?? 'answer', code, detail: (error as Error).message, undecided, cause: error })
}

const undecidedCodes: ReadonlySet<string> = new Set([
  'ERR_CREDENTIAL_LOOKUP',
  'ERR_CREDENTIAL_STATUS_UNAVAILABLE',
  'ERR_PROOF_LOOKUP',
  'ERR_PROOF_WORKER',
  'ERR_LEDGER_UNREACHABLE',
  'ERR_LEDGER_ANSWER',
  'ERR_SERVICE_BEHIND',
])

/** True if an error only says that something could not be found out. */
export function isUndecided(error: unknown): boolean {
  const code = errorCode(error)
  return code !== undefined && undecidedCodes.has(code)
}

function during<Result>(log: AnswerLog, rule: 'answer', work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return log.fail(rule, code, (error as Error).message, { cause: error })
  }
}
