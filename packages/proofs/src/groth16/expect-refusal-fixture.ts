import { errorCode } from '@hufu/primitives'
import type { ProofErrorCode } from '../errors.ts'

/** Throws unless this throws with this code. */
export function expectProofRefusal(attempt: () => unknown, code: ProofErrorCode): void {
  const found = outcomeOf(attempt)
  if (found !== code) throw new Error(`expected ${code}, and it was: ${found}`)
}

/** `accepted`, or the code of what is thrown. Throws what has no code. */
export function outcomeOf(attempt: () => unknown): string {
  try {
    attempt()
    return 'accepted'
  } catch (error) {
    const code = errorCode(error)
    if (code === undefined) throw error
    return code
  }
}
