import { identifiers } from '@hufu/bindings'
import type { Account } from '@hufu/ledger'
import { accountOfDid, type Did } from './parse-did.ts'
import { type DidLedger, type DidWrite, idempotencyKeyOf, type SponsorOptions, submitDidCall } from './submit-did-call.ts'

/**
 * Hands a DID to a new controller. Both accounts sign, so that it cannot be lost to a mistyped address. A pending recovery is dropped.
 * The document stays: keys that the old controller held are taken out of it by `updateDid`.
 *
 * @throws DidError `ERR_DID_VERSION_CONFLICT`, `ERR_DID_NOT_AUTHORIZED`, `ERR_DID_NOT_FOUND`, `ERR_DID_DEACTIVATED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function rotateDid(
  ledger: DidLedger,
  options: { did: Did; expectedVersion: number; account: Account; newAccount: Account } & SponsorOptions,
): Promise<DidWrite> {
  const { did, expectedVersion, account, newAccount, ...sponsor } = options
  const newController = newAccount.scriptHash
  const call = identifiers(ledger.network.contracts.identifiers.hash).rotate({
    identifier: accountOfDid(did),
    expectedVersion: BigInt(expectedVersion),
    newController,
  })
  const idempotencyKey = idempotencyKeyOf('rotate', did, expectedVersion, newController)
  return submitDidCall(ledger, did, call, { ...sponsor, account: [account, newAccount], idempotencyKey })
}
