import { identifiers } from '@hufu/bindings'
import type { Account } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { didOf } from './parse-did.ts'
import { prepareDocument } from './prepare-document.ts'
import { type RecoveryTerms, recoveryArguments } from './recovery-terms.ts'
import { type DidLedger, type DidWrite, idempotencyKeyOf, type SponsorOptions, submitDidCall } from './submit-did-call.ts'

/**
 * Registers the DID of an account, which is `didOf(network, account)` and can be known and written into the document before.
 *
 * @param options.document - by default one with the `id` alone
 * @param options.recovery - by default nobody may recover it
 * @throws DidError `ERR_DID_DOCUMENT`, `ERR_DID_DOCUMENT_SIZE`, `ERR_DID_RECOVERY`: nothing was sent; `ERR_DID_EXISTS`
 * @throws LedgerError as `LedgerWriter.submit`
 */
export async function createDid(
  ledger: DidLedger,
  options: { account: Account; document?: unknown; recovery?: RecoveryTerms | null } & SponsorOptions,
): Promise<DidWrite> {
  const { account, recovery = null, ...sponsor } = options
  const did = didOf(ledger.network.name, account.scriptHash)
  const document = prepareDocument(options.document ?? { id: did }, did, did)
  const call = identifiers(ledger.network.contracts.identifiers.hash).register({
    identifier: account.scriptHash,
    document: canonicalJsonBytes(document),
    ...recoveryArguments(recovery),
  })
  return submitDidCall(ledger, did, call, {
    ...sponsor,
    account,
    idempotencyKey: idempotencyKeyOf('create', did, 0, { document, recovery }),
  })
}
