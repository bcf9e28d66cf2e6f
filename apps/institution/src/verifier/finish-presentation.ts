import type { Queries } from '@hufu/service'
import { crashPoint } from '../parts/crash-point.ts'
import { VerifierError } from './errors.ts'
import type { PresentationResult, PresentationState } from './presentation-desk.ts'
import { findPresentation, markFinished, type StoredPresentation } from './presentation-store.ts'
import { hashOfSecret } from './secret.ts'
import type { VerifierContext } from './verifier-context.ts'

/** How a presentation stands, for whoever asked for it. */
export interface PresentationStanding {
  readonly state: PresentationState
  /** Which device the answering wallet is on: the answer of one on `this` device needs the code that comes with the browser. */
  readonly device: 'this' | 'other' | undefined
  /** Of a refused answer. */
  readonly failedRule: string | undefined
  readonly expiresAtMs: number
}

export interface FinishOptions {
  readonly token: string
  readonly responseCode?: string | undefined
  /** Of the cookie, where this server gave the browser one. */
  readonly browserSecret?: string | undefined
}

/** How a presentation stands at a time. */
export function standingOf(stored: StoredPresentation, nowMs: number): PresentationStanding {
  const { status, responseCodeHash, failedRule, expiresAtMs } = stored
  const isOver = status === 'refused' || (status !== 'finished' && nowMs >= expiresAtMs)
  const state = status === 'finished' ? 'answered' : isOver && status !== 'refused' ? 'expired' : status
  const device = status !== 'answered' && status !== 'finished' ? undefined : responseCodeHash === undefined ? 'other' : 'this'
  return { state, device, failedRule, expiresAtMs }
}

/**
 * How a presentation stands, for the holder of its token.
 *
 * @throws VerifierError `ERR_VERIFIER_UNKNOWN`: no such presentation, or another's token
 */
export async function requireStanding({ institution }: VerifierContext, id: string, token: string): Promise<PresentationStanding> {
  const stored = await findPresentation(institution.database, id)
  if (stored === undefined || stored.tokenHash !== hashOfSecret(token)) throw unknown()
  return standingOf(stored, institution.clock.nowMs())
}

/** Takes the result, once. See `PresentationDesk.finish`. */
export async function finishPresentation(
  { institution }: VerifierContext,
  queries: Queries,
  id: string,
  { token, responseCode, browserSecret }: FinishOptions,
): Promise<PresentationResult> {
  const { vault, clock, audit } = institution
  const stored = await findPresentation(queries, id, { lock: true })
  if (stored === undefined || stored.tokenHash !== hashOfSecret(token)) throw unknown()
  const { status, result, responseCodeHash, browserHash, expiresAtMs } = stored
  if (status !== 'answered' || result === undefined)
    throw new VerifierError('ERR_VERIFIER_STATE', 'the presentation was not answered, or was finished before')
  if (clock.nowMs() >= expiresAtMs) throw new VerifierError('ERR_VERIFIER_EXPIRED', 'the answer was not taken in time; begin again')
  // The browser that comes back from the wallet must be the one that began: else somebody has been sent here by another (session fixation).
  if (responseCodeHash !== undefined) {
    if (responseCode === undefined || hashOfSecret(responseCode) !== responseCodeHash) throw notTheBrowser()
    if (browserHash !== undefined && (browserSecret === undefined || hashOfSecret(browserSecret) !== browserHash)) throw notTheBrowser()
  }
  await markFinished(queries, id)
  await audit.append(queries, { actor: 'server', action: 'presentation finished', subject: `presentation ${id}` })
  crashPoint('verifier finish before commit')
  return (await vault.open(result, `presentation ${id}`)) as unknown as PresentationResult
}

function unknown(): VerifierError {
  return new VerifierError('ERR_VERIFIER_UNKNOWN', 'there is no such presentation for this token')
}

function notTheBrowser(): VerifierError {
  return new VerifierError('ERR_VERIFIER_BROWSER', 'the answer belongs to the browser that began, and comes with its code')
}
