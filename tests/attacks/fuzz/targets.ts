import { answerTargets } from './answer-targets.ts'
import { credentialTargets } from './credential-targets.ts'
import { didTargets } from './did-targets.ts'
import type { FuzzTarget } from './fuzz-target.ts'
import { ledgerTargets } from './ledger-targets.ts'
import { linkTargets } from './link-targets.ts'
import { tokenTargets } from './token-targets.ts'

/** Everything that takes input from outside, but for proofs, which cost more and have a file of their own. */
export async function fuzzTargets(): Promise<readonly FuzzTarget[]> {
  const kinds = [credentialTargets, tokenTargets, didTargets, ledgerTargets, answerTargets, linkTargets]
  return (await Promise.all(kinds.map(kind => kind()))).flat()
}
