import { asBytes, asNumber, asStruct, deserializeStackItem, isNull, type ScriptHash, type StackItem, scriptHashToBytes } from '@hufu/ledger'
import { concatBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { statusListId } from './status-list-id.ts'

/** The hash of a status list, as an issuer put it on the ledger. */
export interface StatusAnchor {
  readonly sequence: number
  readonly hash: Uint8Array
  readonly timeMs: number
  readonly blockIndex: number
}

/**
 * Where the latest anchor of a published status list lies in the storage of the contract `status` (contracts/status/doc.go): what light clients ask for.
 *
 * @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: the list has no name that the ledger takes
 */
export function statusAnchorKey(issuer: ScriptHash, uri: string): Uint8Array {
  return concatBytes(utf8ToBytes('a'), scriptHashToBytes(issuer), sha256(utf8ToBytes(statusListId(uri))))
}

/** The anchor that lies there, as proven. @throws LedgerError `ERR_LEDGER_ANSWER`: it is none */
export function parseStatusAnchor(value: Uint8Array): StatusAnchor {
  return decodeStatusAnchor(deserializeStackItem(value))
}

/** @returns null where the contract says that there is none */
export function decodeAnchorAnswer(item: StackItem): StatusAnchor | null {
  return isNull(item) ? null : decodeStatusAnchor(item)
}

function decodeStatusAnchor(item: StackItem): StatusAnchor {
  const [sequence, hash, timeMs, blockIndex] = asStruct(item, 4)
  return { sequence: asNumber(sequence), hash: asBytes(hash), timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) }
}
