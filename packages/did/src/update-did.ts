import { identifiers } from '@hufu/bindings'
import type { Account } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { accountOfDid, type Did, didOf } from './parse-did.ts'
import { prepareDocument } from './prepare-document.ts'
import { type DidLedger, type DidWrite, idempotencyKeyOf, type SponsorOptions, submitDidCall } from './submit-did-call.ts'

/**
 * Gives a DID a new document.
 *
 * @param options.expectedVersion - the version that the new document builds on; of two writers on one version, one wins
 * @throws DidError `ERR_DID_DOCUMENT`, `ERR_DID_DOCUMENT_SIZE`: nothing was sent; `ERR_DID_VERSION_CONFLICT`, `ERR_DID_NOT_AUTHORIZED`,
 *   `ERR_DID_NOT_FOUND`, `ERR_DID_DEACTIVATED`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function updateDid(
  ledger: DidLedger,
  options: { did: Did; expectedVersion: number; account: Account; document: unknown } & SponsorOptions,
): Promise<DidWrite> {
  const { did, expectedVersion, account, document: json, ...sponsor } = options
  const document = prepareDocument(json, did, didOf(ledger.network.name, account.scriptHash))
  const call = identifiers(ledger.network.contracts.identifiers.hash).updateDocument({
    identifier: accountOfDid(did),
    expectedVersion: BigInt(expectedVersion),
    document: canonicalJsonBytes(document),
  })
  return submitDidCall(ledger, did, call, {
    ...sponsor,
    account,
    idempotencyKey: idempotencyKeyOf('update', did, expectedVersion, document),
  })
}
