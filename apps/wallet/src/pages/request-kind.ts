import type { PresentationRequest } from '../core/wallet.ts'

export type RequestKind = 'show' | 'sign-in' | 'hand-over' | 'take-back'

const takingBack = 'urn:hufu:hand-over-revocation'

/**
 * What a request is to the person: to show something, to sign in (queries of that name), to let a record be handed over (it asks to agree to something), or to
 * take such a consent back.
 */
export function requestKind(request: PresentationRequest): RequestKind {
  const { transaction, transactionTypes = [] } = request
  if (transactionTypes.length > 0 && transactionTypes.every(type => type === takingBack)) return 'take-back'
  if (transaction.length > 0) return 'hand-over'
  return /(^|-)sign-in$/.test(request.query.id) ? 'sign-in' : 'show'
}
