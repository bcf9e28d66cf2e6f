import { identifiers } from '@hufu/bindings'
import {
  asBoolean,
  asNumber,
  asScriptHash,
  asStruct,
  isNull,
  type LedgerReader,
  type NetworkDescriptor,
  type ScriptHash,
} from '@hufu/ledger'
import { asOptionalScriptHash } from './decode-revision.ts'
import { accountOfDid, type Did } from './parse-did.ts'

/** Who controls a DID now, and who may or is about to. */
export interface DidControl {
  /** The latest version, which the next operation builds on. */
  readonly version: number
  readonly controller: ScriptHash
  readonly deactivated: boolean
  readonly recovery: ScriptHash | null
  readonly recoveryDelayMs: number
  /** A recovery under way; null if there is none. */
  readonly pending: { readonly newController: ScriptHash; readonly readyMs: number } | null
}

/** Reads who controls a DID, by a node's word. @returns null if it is not registered */
export async function findControl(
  reader: LedgerReader,
  network: Pick<NetworkDescriptor, 'contracts'>,
  did: Did,
): Promise<DidControl | null> {
  const item = await reader.invokeRead(identifiers(network.contracts.identifiers.hash).get({ identifier: accountOfDid(did) }))
  if (isNull(item)) return null
  const [version, controller, recovery, recoveryDelayMs, deactivated, , , , pendingController, pendingReadyMs] = asStruct(item, 10)
  const newController = asOptionalScriptHash(pendingController)
  return {
    version: asNumber(version),
    controller: asScriptHash(controller),
    deactivated: asBoolean(deactivated),
    recovery: asOptionalScriptHash(recovery),
    recoveryDelayMs: asNumber(recoveryDelayMs),
    pending: newController === null ? null : { newController, readyMs: asNumber(pendingReadyMs) },
  }
}
