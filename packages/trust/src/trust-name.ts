import { TrustError } from './errors.ts'

const pattern = /^[A-Za-z0-9._:-]{1,32}$/

/** True for a name of a credential type, query, region or kind that the contract would take. */
export function isTrustName(text: string): boolean {
  return pattern.test(text)
}

/** Refuses a name that the contract would not take. @throws TrustError `ERR_TRUST_ARGUMENT` */
export function checkTrustName(text: string, field: string): void {
  if (!isTrustName(text)) throw new TrustError('ERR_TRUST_ARGUMENT', `${field}: expected 1 to 32 letters, digits, and . _ : -`)
}
