import { proofsFaults } from '@hufu/bindings'
import { asBoolean, type ContractCall, type LedgerClient, LedgerError } from '@hufu/ledger'

/** What a verifier says of a claim, told apart as far as all of them can. */
export type Outcome = 'accepted' | 'ill-formed' | 'inputs' | 'scalar' | 'invalid'

/** Points and encodings are one to the contract: CryptoLib does not tell them apart. */
export function outcomeOf(code: string | undefined): Outcome {
  switch (code) {
    case undefined:
      return 'accepted'
    case 'ERR_PROOF_ENCODING':
    case 'ERR_PROOF_POINT':
      return 'ill-formed'
    case 'ERR_PROOF_INPUT':
      return 'inputs'
    case 'ERR_PROOF_SCALAR':
      return 'scalar'
    case 'ERR_PROOF_INVALID':
      return 'invalid'
    default:
      throw new Error(`unexpected ${code}`)
  }
}

/** What the contract says: a call of `verify` or `verifyBatch`. */
export async function outcomeOfRead(ledger: LedgerClient, call: ContractCall): Promise<Outcome> {
  try {
    return asBoolean(await ledger.invokeRead(call)) ? 'accepted' : 'invalid'
  } catch (error) {
    if (!(error instanceof LedgerError) || error.code !== 'ERR_LEDGER_DRY_RUN_FAULT') throw error
    return outcomeOfFault(error.reason ?? '')
  }
}

function outcomeOfFault(reason: string): Outcome {
  if (reason.includes(proofsFaults.inputs)) return 'inputs'
  if (reason.includes(proofsFaults.scalar)) return 'scalar'
  if ([proofsFaults.proof, proofsFaults.point, 'failed to decode bls12381'].some(text => reason.includes(text))) return 'ill-formed'
  throw new Error(`unexpected fault: ${reason}`)
}
