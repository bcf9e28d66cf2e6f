import { accountOfDid, didOf, parseDid } from '@hufu/did'
import type { NetworkDescriptor, ScriptHash } from '@hufu/ledger'
import { Derivations } from '../../../src/explorer/derive-shown.ts'
import type { Asked } from './asked.ts'
import type { EvidenceReader } from './evidence-reader.ts'
import { CheckFailure } from './verdict.ts'

/** Answers that follow from storage entries alone. */
export type StorageAsked = Exclude<Asked, { readonly kind: 'block' | 'transaction' | 'proposal' }>

/**
 * What the answer must be, from proven entries alone, in the shape in which the server gives it; null: what was asked for did not come with the answer.
 *
 * @throws LedgerError `ERR_LEDGER_PROOF`, `ERR_LEDGER_ANSWER`; CheckFailure
 */
export async function deriveShown(asked: StorageAsked, reader: EvidenceReader, network: NetworkDescriptor): Promise<object | null> {
  const derive = new Derivations(network)
  switch (asked.kind) {
    case 'did':
      return derive.did(reader, accountOf(asked.did, network), asked.moment)
    case 'grant':
      return derive.grant(reader, asked.grant, accountOf(asked.did, network), asked.name, asked.atMs)
    case 'right':
      return derive.right(reader, asked.right, accountOf(asked.did, network), asked.name, asked.atMs)
    case 'credentialType':
      return derive.credentialType(reader, asked.typeId, asked.version)
    case 'query':
      return derive.query(reader, accountOf(asked.did, network), asked.queryId, asked.version)
    case 'tree':
      return derive.tree(reader, accountOf(asked.did, network), asked.typeId, asked.rootIndex)
    case 'statusListAnchor':
      return derive.statusListAnchor(reader, accountOf(asked.did, network), asked.listId, asked.sequence)
    case 'verifyingKey':
      return derive.verifyingKey(reader, asked.circuitId, asked.version)
  }
}

/** An answer about another network's identifier would be about somebody else's account here. */
function accountOf(did: string, network: NetworkDescriptor): ScriptHash {
  const account = accountOfDid(parseDid(did))
  if (did !== didOf(network.name, account)) throw new CheckFailure('differs', 'did')
  return account
}
