import { bytesToHex, type Clock, sha256, systemClock } from '@hufu/primitives'
import { type BatchVerifier, type CheckProofs, circuitNames, createProofChecker, encodeVerifyingKey } from '@hufu/proofs'
import { ledgerVerifyingKeys, type VerifyingKeySource } from './ledger-verifying-keys.ts'

export interface LedgerProofCheckerOptions extends VerifyingKeySource {
  readonly verifier: BatchVerifier
  /** How long the keys count before they are asked for again; default 60,000. */
  readonly keysForMs?: number
  readonly clock?: Clock
}

/**
 * Checks proofs by the verifying keys that stand on the ledger. They are read when first needed and from time to time, so that a key which the council
 * puts there counts without a restart.
 *
 * @returns throws as `ledgerVerifyingKeys`
 */
export function ledgerProofChecker(options: LedgerProofCheckerOptions): CheckProofs {
  const { verifier, keysForMs = 60_000, clock = systemClock } = options
  let current: { readonly name: string; readonly check: CheckProofs } | undefined
  let untilMs = Number.NEGATIVE_INFINITY
  let reading: Promise<CheckProofs> | undefined

  async function read(): Promise<CheckProofs> {
    const keys = await ledgerVerifyingKeys(options)
    const name = circuitNames.map(circuit => bytesToHex(sha256(encodeVerifyingKey(keys[circuit])))).join(' ')
    // The same keys stay the same objects, for preparing them takes longer than a proof.
    if (current?.name !== name) current = { name, check: createProofChecker(verifier, keys) }
    untilMs = clock.nowMs() + keysForMs
    return current.check
  }

  return async proofs => {
    if (current !== undefined && clock.nowMs() < untilMs) return current.check(proofs)
    reading ??= read().finally(() => {
      reading = undefined
    })
    return (await reading)(proofs)
  }
}
