import { isSignatureValid, type PublicKey, parsePublicKey } from '@hufu/keys'
import { bytesToBase64url, bytesToHex, type Clock, dayInChina, equalBytes, errorCode, systemClock } from '@hufu/primitives'
import type { AttributeLayout } from '../attributes/attribute-layout.ts'
import { ProofError } from '../errors.ts'
import { type Scalar, scalarToBytes } from '../field/scalar-field.ts'
import { type CompiledStatement, compileStatement, predicatesOf, valueCount } from '../statement/compile-statement.ts'
import type { Predicate } from '../statement/predicate.ts'
import type { ClaimValue, Statement } from '../statement/statement.ts'
import { type Challenge, presentationContext, presentationScope, tapMessage } from './binding.ts'
import type { CheckProofs, ProofToCheck } from './check-proofs.ts'
import { pairPublicInputs, preparePublicInputs, showPublicInputs } from './circuit-values.ts'
import { type Presentation, type PresentedCredential, parsePresentation } from './presentation.ts'
import { type PresentationEvidence, PresentationLog, type PresentationReceipt } from './presentation-receipt.ts'
import type { OneUse, ReplayStore } from './replay-store.ts'
import { type RootList, rootSetOf } from './root-list.ts'

/** What is asked, and the layout of the credential type it is about. */
export interface AskedStatement {
  readonly statement: Statement
  readonly layout: AttributeLayout
}

/** A second credential of the same holder. */
export interface AskedPair extends AskedStatement {
  /** Claims that must be equal in both credentials: of the first, and of the second. */
  readonly equal: readonly (readonly [string, string])[]
}

/** Roots of a list as the ledger has them. */
export interface FoundRoots {
  /** In the order of the list. */
  readonly roots: readonly Scalar[]
  /** When they stood together: time of the block at the list's height. */
  readonly takenAtMs: number
  readonly evidence: PresentationEvidence
}

/**
 * Finds the roots that a list names; null if the list is not the one of its epoch: an issuer is not accredited for the type, a root is none or was not the
 * latest at that height, the height is no epoch's. Throws only if it could not find out.
 */
export type FindRoots = (list: RootList) => Promise<FoundRoots | null>

export interface PresentationPolicy {
  /** The verifier, its nonce, and the transaction if there is one: as it gave them out. */
  readonly challenge: Challenge
  readonly ask: AskedStatement
  readonly pairWith?: AskedPair
  readonly findRoots: FindRoots
  readonly checkProofs: CheckProofs
  readonly replay: ReplayStore
  /** True at a gate, where SHOW may be made ahead and a one-time key sign the nonce; default false. */
  readonly acceptPreProved?: boolean
  readonly clock?: Clock
  /** How far the ledger's clock may be ahead of ours; default 60,000. */
  readonly clockSkewMs?: number
}

/** A credential that was shown. */
export interface VerifiedCredential {
  readonly credentialType: string
  /** Name of the holder at this verifier for the statement's purpose and event, in base64url; undefined where none was asked. */
  readonly pseudonym: string | undefined
  /** What was disclosed, by claim. */
  readonly disclosed: Readonly<Record<string, ClaimValue>>
}

/** A verified presentation. */
export interface VerifiedPresentation extends VerifiedCredential {
  /** The second credential of the same holder, where one was asked. */
  readonly second: VerifiedCredential | undefined
  /** True if SHOW was made ahead. */
  readonly preProved: boolean
  readonly receipt: PresentationReceipt
}

const defaultClockSkewMs = 60_000
const dayMs = 86_400_000

/**
 * Verifies a presentation. The rules are checked in the order of `presentation-rules.ts`: what is cheap first, then what the ledger says, then the proofs,
 * and at the end, all at once, that nothing is used twice; so a presentation that is refused for another reason uses nothing up.
 *
 * Everything that the proofs are checked against follows from the policy; what a presentation says of it only serves to name what differs.
 *
 * @param text - at most 16,384 characters
 * @throws PresentationError with `receipt`: the rules that held, then the one that did not. `ERR_PROOF_LOOKUP` says that it could not be found out; all
 *   others that the presentation is refused
 * @throws ProofError `ERR_PROOF_STATEMENT`: the policy's own statement cannot be compiled
 */
export async function verifyPresentation(text: string, policy: PresentationPolicy): Promise<VerifiedPresentation> {
  const { challenge, clock = systemClock, pairWith, checkProofs, replay } = policy
  if (challenge.nonce === '') throw new TypeError('challenge.nonce: expected a fresh nonce')
  const nowMs = clock.nowMs()
  const statements = compileAll(policy, dayInChina(nowMs))
  const log = new PresentationLog(nowMs)

  const presentation = log.during('form', () => parsePresentation(text))
  log.pass('form', { characters: text.length })
  checkChallenge(log, presentation, policy)
  checkToday(log, presentation, statements[0])
  log.check(
    presentation.credentials.length === statements.length,
    'count',
    'ERR_PROOF_INPUT',
    'another number of credentials was asked for',
  )

  const shown = await inTurn(log, presentation.credentials, (credential, index) =>
    checkCredential(log, credential, statements[index]!, challenge),
  )
  const found = await inTurn(log, presentation.credentials, ({ roots }, index) => checkRoots(log, roots, statements[index]!, policy, nowMs))
  const oneTimeKey = await checkOneTimeKey(log, presentation, challenge)
  const context = presentationContext(challenge, oneTimeKey?.bytes)
  const proofs = presentation.credentials.flatMap((credential, index) => {
    const expected = { ...shown[index]!, rootSet: rootSetOf(found[index]!.roots), context }
    return proofsOf(credential, statements[index]!, expected, pairWith === undefined ? undefined : (index as 0 | 1))
  })
  const pair = pairOf(presentation, context, pairWith?.equal.length ?? 0)
  await checkAll(log, checkProofs, [...proofs, ...pair])

  const untilMs =
    Math.max(...found.map(({ takenAtMs }, index) => takenAtMs + 1000 * statements[index]!.statement.maxRootAgeSeconds)) + dayMs
  await useOnce(log, replay, usesOf(presentation, statements, { untilMs, nowMs }))
  const [first, second] = presentation.credentials.map((credential, index) => verified(credential, statements[index]!))
  return { ...first!, second, preProved: oneTimeKey !== undefined, receipt: log.accepted() }
}

function compileAll({ ask, pairWith }: PresentationPolicy, today: string): readonly [CompiledStatement, ...CompiledStatement[]] {
  if (pairWith === undefined) return [compileStatement(ask.statement, ask.layout, { today })]
  const { equal } = pairWith
  for (const [one, other] of equal) checkComparable(ask.layout, one, pairWith.layout, other)
  return [
    compileStatement(ask.statement, ask.layout, { today, first: equal.map(([claim]) => claim) }),
    compileStatement(pairWith.statement, pairWith.layout, { today, first: equal.map(([, claim]) => claim) }),
  ]
}

/** Numbers of two claims can be compared only if both encode the same way. */
function checkComparable(layout: AttributeLayout, claim: string, otherLayout: AttributeLayout, otherClaim: string): void {
  const encoding = layout.find(attribute => attribute.claim === claim)?.encoding
  const other = otherLayout.find(attribute => attribute.claim === otherClaim)?.encoding
  if (encoding !== other || encoding === 'choice')
    throw new ProofError(
      'ERR_PROOF_STATEMENT',
      'pairWith.equal: expected claims of the same encoding, and not of choices, whose numbers are places in a list',
    )
}

function checkChallenge(
  log: PresentationLog,
  presentation: Presentation,
  { challenge, acceptPreProved = false }: PresentationPolicy,
): void {
  const { verifier, nonce, transaction } = challenge
  log.check(presentation.verifier === verifier, 'verifier', 'ERR_PROOF_VERIFIER', 'presentation was made for another verifier', {
    verifier,
  })
  if (presentation.oneTimeKey !== undefined && !acceptPreProved)
    log.fail('nonce', 'ERR_PROOF_ONE_TIME_KEY', 'presentation was made ahead, which is not accepted here')
  log.check(presentation.nonce === nonce, 'nonce', 'ERR_PROOF_NONCE', 'presentation answers another challenge')
  log.check(presentation.transaction === transaction, 'transaction', 'ERR_PROOF_TRANSACTION', 'presentation is for another transaction')
}

function checkToday(log: PresentationLog, presentation: Presentation, { today, todayNumber }: CompiledStatement): void {
  log.check(presentation.today === today, 'date', 'ERR_PROOF_DATE', 'presentation was made for another day', { today, todayNumber })
}

/** Does the same for each credential, in order: their rules stand in the receipt one after the other. */
async function inTurn<Result>(
  log: PresentationLog,
  credentials: readonly PresentedCredential[],
  work: (credential: PresentedCredential, index: number) => Result | Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  for (const [index, credential] of credentials.entries()) {
    log.credential = credentials.length === 1 ? undefined : (index as 0 | 1)
    results.push(await work(credential, index))
  }
  log.credential = undefined
  return results
}

function checkCredential(
  log: PresentationLog,
  credential: PresentedCredential,
  compiled: CompiledStatement,
  { verifier }: Challenge,
): { scope: Scalar; predicates: readonly Predicate[] } {
  const { credentialType } = compiled.statement
  log.check(credential.roots.credentialType === credentialType, 'type', 'ERR_PROOF_TYPE', 'credential is of another type', {
    credentialType,
  })
  const scope = presentationScope(compiled, verifier, credential.commitment)
  log.check(
    credential.scope === scope,
    'scope',
    'ERR_PROOF_SCOPE',
    'pseudonym is for another verifier, purpose or event',
    scopeEvidence(compiled),
  )
  const statementSha256 = bytesToHex(compiled.hash)
  log.check(
    equalBytes(credential.statementHash, compiled.hash),
    'statement',
    'ERR_PROOF_STATEMENT',
    'presentation answers another statement',
    {
      statementSha256,
    },
  )
  const predicates = log.during('disclosed', () => predicatesOf(compiled, credential.disclosed))
  log.pass('disclosed', { claims: Object.keys(credential.disclosed).toSorted().join(' ') })
  return { scope, predicates }
}

function scopeEvidence({ statement, event }: CompiledStatement): PresentationEvidence {
  const { pseudonym } = statement
  if (pseudonym === 'none') return { pseudonym: false }
  return { pseudonym: true, purpose: pseudonym.purpose, ...(event === undefined ? {} : { event }) }
}

async function checkRoots(
  log: PresentationLog,
  list: RootList,
  { statement }: CompiledStatement,
  { findRoots, clockSkewMs = defaultClockSkewMs }: PresentationPolicy,
  nowMs: number,
): Promise<FoundRoots> {
  const found = await log.lookUp('roots', () => findRoots(list))
  const named = { height: list.height, issuers: list.issuers.length }
  if (found === null || found.roots.length !== list.issuers.length)
    log.fail('roots', 'ERR_PROOF_ROOT', 'roots are not those that the ledger had at this height for accredited issuers', named)
  log.pass('roots', { ...named, ...found.evidence })
  const ageMs = nowMs - found.takenAtMs
  const isFresh = ageMs >= -clockSkewMs && ageMs <= 1000 * statement.maxRootAgeSeconds
  const evidence = { takenAtMs: found.takenAtMs, maxRootAgeSeconds: statement.maxRootAgeSeconds }
  log.check(isFresh, 'root-age', 'ERR_PROOF_ROOT_AGE', 'roots are older than the verifier accepts, or from the future', evidence)
  return found
}

async function checkOneTimeKey(log: PresentationLog, { oneTimeKey }: Presentation, challenge: Challenge): Promise<PublicKey | undefined> {
  if (oneTimeKey === undefined) return undefined
  const key = parseKey(oneTimeKey.publicKey)
  const isSigned = key !== undefined && (await isSignatureValid(key, tapMessage(challenge), oneTimeKey.signature))
  log.check(isSigned, 'one-time-key', 'ERR_PROOF_ONE_TIME_KEY', "the one-time key's signature is not over this challenge")
  return key
}

function parseKey(bytes: Uint8Array): PublicKey | undefined {
  try {
    return parsePublicKey('P-256', bytes)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return undefined
  }
}

interface Expected {
  readonly scope: Scalar
  readonly predicates: readonly Predicate[]
  readonly rootSet: Scalar
  readonly context: Scalar
}

/** A proof, and the rule and the credential that it is for. */
type RuledProof = ProofToCheck & { readonly credential: 0 | 1 | undefined }

function proofsOf(
  { commitment, nullifier, prepare, show }: PresentedCredential,
  { meta, todayNumber }: CompiledStatement,
  { scope, predicates, rootSet, context }: Expected,
  credential: 0 | 1 | undefined,
): RuledProof[] {
  const showInputs = showPublicInputs({ commitment, meta, today: todayNumber, scope, nullifier, context, predicates })
  return [
    { circuit: 'prepare', proof: prepare, publicInputs: preparePublicInputs({ rootSet, commitment }), credential },
    { circuit: 'show', proof: show, publicInputs: showInputs, credential },
  ]
}

function pairOf({ credentials: [first, second], pair }: Presentation, context: Scalar, equalCount: number): RuledProof[] {
  if (second === undefined || pair === undefined) return []
  const equal = Array.from({ length: valueCount }, (_, index) => index < equalCount)
  const publicInputs = pairPublicInputs([first.commitment, second.commitment], context, equal)
  return [{ circuit: 'pair', proof: pair, publicInputs, credential: undefined }]
}

async function checkAll(log: PresentationLog, checkProofs: CheckProofs, proofs: readonly RuledProof[]): Promise<void> {
  const outcomes = await log.lookUp('prepare', () => checkProofs(proofs))
  if (outcomes.length !== proofs.length) throw new TypeError('checkProofs: expected an outcome for each proof')
  for (const [index, { circuit, credential }] of proofs.entries()) {
    log.credential = credential
    const code = outcomes[index]
    if (code !== undefined) log.fail(circuit, code, `proof of ${circuit} does not hold for what was asked`)
    log.pass(circuit)
  }
  log.credential = undefined
}

function usesOf(
  { verifier, nonce, credentials }: Presentation,
  statements: readonly CompiledStatement[],
  { untilMs, nowMs }: { readonly untilMs: number; readonly nowMs: number },
): OneUse[] {
  const rights = credentials.flatMap(({ scope, nullifier }, index): OneUse[] => {
    const { event, statement } = statements[index]!
    if (event === undefined || statement.pseudonym === 'none') return []
    // A right of the day is refused by its date from the next day on.
    const isDaily = statement.pseudonym.event === 'today'
    return [{ kind: 'right', key: `${encode(scope)} ${encode(nullifier)}`, untilMs: isDaily ? nowMs + 2 * dayMs : undefined }]
  })
  // Two credentials of one holder may stand for one right.
  const unique = [...new Map(rights.map(right => [right.key, right])).values()]
  return [
    { kind: 'nonce', key: `${verifier} ${nonce}`, untilMs },
    ...credentials.map(({ commitment }): OneUse => ({ kind: 'commitment', key: encode(commitment), untilMs })),
    ...unique,
  ]
}

async function useOnce(log: PresentationLog, replay: ReplayStore, uses: readonly OneUse[]): Promise<void> {
  if (new Set(uses.map(({ kind, key }) => `${kind} ${key}`)).size !== uses.length)
    log.fail('once', 'ERR_PROOF_REPLAYED', 'a commitment stands twice in the presentation')
  const used = await log.lookUp('once', () => replay.recordOnce(uses))
  if (used === 'nonce') log.fail('once', 'ERR_PROOF_NONCE', 'this challenge was answered before')
  if (used === 'commitment') log.fail('once', 'ERR_PROOF_REPLAYED', 'this commitment was shown before')
  if (used === 'right') log.fail('once', 'ERR_PROOF_SPENT', 'this right was used before')
  log.pass('once', { rights: uses.filter(({ kind }) => kind === 'right').length })
}

function verified({ nullifier, disclosed }: PresentedCredential, { statement }: CompiledStatement): VerifiedCredential {
  const { credentialType, pseudonym } = statement
  return { credentialType, pseudonym: pseudonym === 'none' ? undefined : encode(nullifier), disclosed }
}

function encode(scalar: Scalar): string {
  return bytesToBase64url(scalarToBytes(scalar))
}
