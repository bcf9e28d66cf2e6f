import { identifiers } from '@hufu/bindings'
import { isNull, type LedgerReader, type NetworkDescriptor } from '@hufu/ledger'
import { type DidRecord, decodeRecord } from './decode-record.ts'
import { accountOfDid, type Did } from './parse-did.ts'

/** Who controls a DID now, and who may or is about to. `version` is what the next operation builds on. */
export type DidControl = Pick<DidRecord, 'version' | 'controller' | 'deactivated' | 'recovery' | 'recoveryDelayMs' | 'pending'>

/** Reads who controls a DID, by a node's word. @returns null if it is not registered */
export async function findControl(
  reader: LedgerReader,
  network: Pick<NetworkDescriptor, 'contracts'>,
  did: Did,
): Promise<DidControl | null> {
  const item = await reader.invokeRead(identifiers(network.contracts.identifiers.hash).get({ identifier: accountOfDid(did) }))
  return isNull(item) ? null : decodeRecord(item)
}
