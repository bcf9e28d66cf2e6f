import { identifiers } from '@hufu/bindings'
import type { Account } from '@hufu/ledger'
import { accountOfDid, type Did } from './parse-did.ts'
import { type DidLedger, type DidWrite, idempotencyKeyOf, type SponsorOptions, submitDidCall } from './submit-did-call.ts'

/**
 * Ends a DID for good. Its earlier versions stay readable.
 *
 * @throws DidError `ERR_DID_VERSION_CONFLICT`, `ERR_DID_NOT_AUTHORIZED`, `ERR_DID_NOT_FOUND`, `ERR_DID_DEACTIVATED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function deactivateDid(
  ledger: DidLedger,
  options: { did: Did; expectedVersion: number; account: Account } & SponsorOptions,
): Promise<DidWrite> {
  const { did, expectedVersion, account, ...sponsor } = options
  const call = identifiers(ledger.network.contracts.identifiers.hash).deactivate({
    identifier: accountOfDid(did),
    expectedVersion: BigInt(expectedVersion),
  })
  return submitDidCall(ledger, did, call, {
    ...sponsor,
    account,
    idempotencyKey: idempotencyKeyOf('deactivate', did, expectedVersion, null),
  })
}
