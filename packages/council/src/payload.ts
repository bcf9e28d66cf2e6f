import {
  type Argument,
  asScriptHash,
  asStruct,
  asText,
  type CallOnStack,
  type ContractCall,
  deserializeStackItem,
  LedgerError,
  type StackItem,
  serializeStackItem,
  stackItemOfArgument,
} from '@hufu/ledger'
import { errorCode, sha256 } from '@hufu/primitives'
import { CouncilError } from './errors.ts'

/** Bytes that a proposal's calls may take. */
export const maxPayloadBytes = 60_000

/** The calls as the contract takes them: each is contract, method and arguments. */
export function callsOf(calls: readonly ContractCall[]): readonly Argument[] {
  return calls.map(({ contract, method, args }) => ({
    type: 'Array',
    value: [
      { type: 'Hash160', value: contract },
      { type: 'String', value: method },
      { type: 'Array', value: args },
    ],
  }))
}

/** The calls as a proposal keeps them (`std.Serialize`). @throws CouncilError `ERR_COUNCIL_PAYLOAD`: none, or over 60,000 bytes */
export function encodePayload(calls: readonly ContractCall[]): Uint8Array<ArrayBuffer> {
  if (calls.length === 0) throw new CouncilError('ERR_COUNCIL_PAYLOAD', 'a proposal must hold a call')
  const payload = serializeStackItem(stackItemOfArgument({ type: 'Array', value: callsOf(calls) }))
  if (payload.length > maxPayloadBytes) throw new CouncilError('ERR_COUNCIL_PAYLOAD', `calls: expected at most ${maxPayloadBytes} bytes`)
  return payload
}

/** The calls of a proposal's payload. @throws CouncilError `ERR_COUNCIL_PAYLOAD`: not the one form that the contract keeps */
export function decodePayload(payload: Uint8Array): readonly CallOnStack[] {
  if (payload.length > maxPayloadBytes) throw new CouncilError('ERR_COUNCIL_PAYLOAD', `payload: expected at most ${maxPayloadBytes} bytes`)
  try {
    return decodeCalls(asStruct(deserializeStackItem(payload), 1))
  } catch (error) {
    if (errorCode(error) !== 'ERR_LEDGER_ANSWER') throw error
    throw malformed()
  }
}

/** Calls as {@link callsOf} hands them over. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeCalls(items: readonly StackItem[]): readonly CallOnStack[] {
  return items.map(item => {
    const members = asStruct(item, 3)
    if (members.length > 3) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected contract, method and arguments')
    return { contract: asScriptHash(members[0]), method: asText(members[1]), args: asStruct(members[2]) }
  })
}

/** What votes name: SHA-256 of the payload. */
export function payloadHash(payload: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(payload)
}

function malformed(): CouncilError {
  return new CouncilError('ERR_COUNCIL_PAYLOAD', 'payload: expected calls of contracts')
}
