import type { Signer } from '@hufu/keys'
import type { Json } from '@hufu/primitives'
import type { ZkCredential } from '../attributes/zk-credential.ts'
import { pairInputs } from '../circuit/pair-inputs.ts'
import { showInputs } from '../circuit/show-inputs.ts'
import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { type CompiledStatement, checkClaim, predicatesOf, valueCount } from '../statement/compile-statement.ts'
import type { ClaimValue } from '../statement/statement.ts'
import { type Challenge, presentationContext, presentationScope, tapMessage } from './binding.ts'
import { nullifierOf, type Opening } from './circuit-values.ts'
import { credentialId, type PreparedCredential, type ProofMaker } from './prepare-credential.ts'
import { maxNonceLength, type Presentation, type PresentedCredential, writePresentation } from './presentation.ts'

/** A credential to be shown: the prepared item is used up by it. */
export interface CredentialToShow {
  readonly credential: ZkCredential
  readonly prepared: PreparedCredential
  /** Compiled for the verifier's day. */
  readonly statement: CompiledStatement
}

/** A second credential of the same holder. */
export interface CredentialToPair extends CredentialToShow {
  /** How many of the first values of both are equal: those of the claims that both statements were compiled to put first. */
  readonly equalCount: number
}

export interface PresentOptions {
  readonly prover: ProofMaker
  /** The wallet's. */
  readonly secret: Scalar
  readonly challenge: Challenge
  readonly show: CredentialToShow
  readonly pairWith?: CredentialToPair
}

/**
 * Answers a verifier's challenge.
 *
 * @returns the presentation's text, at most 16,384 characters
 * @throws ProofError `ERR_PROOF_UNSATISFIED`: the credential does not have or is not what is asked, or has expired; `ERR_PROOF_INPUT`: the item was prepared
 *   for other slots or another credential; and whatever the prover throws
 */
export async function presentCredential(options: PresentOptions): Promise<string> {
  const { challenge, show } = options
  checkNonce(challenge.nonce)
  const shown = await showAll(options, presentationContext(challenge))
  return writePresentation({ ...challenge, today: show.statement.today, ...shown })
}

/** A presentation made before the verifier gave its nonce, lacking only the signature over it. */
export interface PreProvedPresentation {
  /** Names this item: its commitment. */
  readonly id: string
  readonly draft: Omit<Presentation, 'nonce' | 'oneTimeKey'>
  /** Compressed P-256 point. */
  readonly publicKey: Uint8Array
}

/**
 * Makes a presentation ahead, for a gate: it is bound to a one-time key, which signs the nonce at the tap.
 *
 * @param options.challenge - without nonce
 * @param options.oneTimeKey - public key of a P-256 signer made for this, and for nothing else
 * @throws ProofError as {@link presentCredential}
 */
export async function preProveCredential(
  options: Omit<PresentOptions, 'challenge'> & { readonly challenge: Omit<Challenge, 'nonce'>; readonly oneTimeKey: Signer['publicKey'] },
): Promise<PreProvedPresentation> {
  const { challenge, show, oneTimeKey } = options
  if (oneTimeKey.algorithm !== 'P-256') throw new TypeError('oneTimeKey: expected a P-256 key')
  const context = presentationContext({ ...challenge, nonce: '' }, oneTimeKey.bytes)
  const shown = await showAll(options, context, challenge.verifier)
  return { id: show.prepared.id, draft: { ...challenge, today: show.statement.today, ...shown }, publicKey: oneTimeKey.bytes }
}

/**
 * Answers the nonce with a presentation that was made ahead: one signature. Use each once.
 *
 * @param signer - of the key it was made for
 * @returns the presentation's text
 */
export async function answerWithPreProved({ draft, publicKey }: PreProvedPresentation, signer: Signer, nonce: string): Promise<string> {
  checkNonce(nonce)
  const signature = await signer.sign(tapMessage({ verifier: draft.verifier, nonce }))
  return writePresentation({ ...draft, nonce, oneTimeKey: { publicKey, signature } })
}

type Shown = Pick<Presentation, 'credentials' | 'pair'>

async function showAll(
  {
    prover,
    secret,
    show,
    pairWith,
    challenge,
  }: Pick<PresentOptions, 'prover' | 'secret' | 'show' | 'pairWith'> & {
    readonly challenge: Omit<Challenge, 'nonce'>
  },
  context: Scalar,
  verifier = challenge.verifier,
): Promise<Shown> {
  const bound = { prover, secret, verifier, context }
  const first = await showOne(bound, show)
  if (pairWith === undefined) return { credentials: [first.presented] }
  if (pairWith.statement.today !== show.statement.today) throw new TypeError('pairWith: expected a statement of the same day')
  const second = await showOne(bound, pairWith)
  const equal = Array.from({ length: valueCount }, (_, index) => index < pairWith.equalCount)
  const inputs = pairInputs(first.opened, second.opened, context, equal)
  return { credentials: [first.presented, second.presented], pair: await prover.prove('pair', inputs) }
}

/** What a proof of SHOW is bound to. */
interface Bound {
  readonly prover: ProofMaker
  readonly secret: Scalar
  readonly verifier: string
  readonly context: Scalar
}

async function showOne(
  { prover, secret, verifier, context }: Bound,
  { credential, prepared, statement }: CredentialToShow,
): Promise<{ presented: PresentedCredential; opened: Opening }> {
  checkPrepared(credential, prepared, statement)
  const scope = presentationScope(statement, verifier, prepared.commitment)
  const disclosed = disclosedOf(credential, statement)
  const { nullifier, show, opened } = await proveShow({ prover, secret, prepared, statement, disclosed, scope, context })
  const { roots, commitment, proof: prepare } = prepared
  return { presented: { roots, statementHash: statement.hash, scope, commitment, nullifier, prepare, show, disclosed }, opened }
}

/**
 * Proves SHOW for a scope and a context: what {@link presentCredential} does for a verifier, and a wallet for the ledger, which has scopes and contexts of its own.
 *
 * @throws ProofError `ERR_PROOF_UNSATISFIED`: the credential is not what is asked, or has expired
 */
export async function proveShow(options: {
  readonly prover: ProofMaker
  readonly secret: Scalar
  readonly prepared: PreparedCredential
  readonly statement: CompiledStatement
  readonly disclosed: Readonly<Record<string, Json>>
  readonly scope: Scalar
  readonly context: Scalar
}): Promise<{ readonly nullifier: Scalar; readonly show: Uint8Array; readonly opened: Opening }> {
  const { prover, secret, prepared, statement, disclosed, scope, context } = options
  const { values, meta, expiry, opening, commitment } = prepared
  checkValues(statement, values)
  if (expiry < statement.todayNumber) throw new ProofError('ERR_PROOF_UNSATISFIED', 'credential: has expired')
  const opened = { values, meta, expiry, secret, opening }
  const nullifier = nullifierOf(secret, scope)
  const asked = {
    commitment,
    meta,
    today: statement.todayNumber,
    scope,
    nullifier,
    context,
    predicates: predicatesOf(statement, disclosed),
  }
  return { nullifier, show: await prover.prove('show', showInputs(opened, asked)), opened }
}

/** Refuses an item of another credential, or for other slots. @throws ProofError `ERR_PROOF_TYPE`, `ERR_PROOF_INPUT` */
export function checkPrepared(credential: ZkCredential, prepared: PreparedCredential, { meta, statement }: CompiledStatement): void {
  if (credential.credentialType !== statement.credentialType)
    throw new ProofError('ERR_PROOF_TYPE', 'credential: expected one of the type that the statement asks for')
  if (prepared.credentialId !== credentialId(credential) || prepared.meta !== meta)
    throw new ProofError('ERR_PROOF_INPUT', "prepared: expected an item of this credential for the statement's slots")
}

function checkValues({ claims }: CompiledStatement, values: readonly Scalar[]): void {
  for (const [index, asked] of claims.entries()) checkClaim(asked, values[index]!)
}

function disclosedOf(credential: ZkCredential, { claims }: CompiledStatement): Record<string, ClaimValue> {
  const disclosed = claims.filter(claim => claim.disclosed)
  return Object.fromEntries(
    disclosed.map(({ attribute }) => {
      const value = credential.claims[attribute.claim]
      if (value === undefined) throw new ProofError('ERR_PROOF_UNSATISFIED', `${attribute.claim}: the credential does not have it`)
      return [attribute.claim, (typeof value === 'string' ? value.normalize('NFC') : value) as ClaimValue]
    }),
  )
}

function checkNonce(nonce: string): void {
  if (nonce.length < 1 || nonce.length > maxNonceLength) throw new TypeError(`nonce: expected 1 to ${maxNonceLength} characters`)
}
