import type { PresentationRequest } from '../core/wallet.ts'

export type RequestKind = 'show' | 'sign-in' | 'hand-over'

/** What a request is to the person: to show something, to sign in (queries of that name), or to let a record be handed over (it asks to agree to something). */
export function requestKind(request: PresentationRequest): RequestKind {
  if (request.transaction.length > 0) return 'hand-over'
  return /(^|-)sign-in$/.test(request.query.id) ? 'sign-in' : 'show'
}
