import { bytesToBase64, bytesToHex, canonicalJsonBytes, sha256 } from '@hufu/primitives'
import type { ChaincodeState } from './chaincode-state.ts'
import { ChaincodeError } from './errors.ts'
import { expected, jsonBytes, storedJson } from './json.ts'

/** What a call under a key did, when it first took effect. */
export interface OnceRecord {
  readonly organization: string
  readonly key: string
  /** SHA-256 of the canonical JSON of function and arguments. */
  readonly callHash: string
  readonly transactionId: string
  /** Base64. */
  readonly result: string
}

/**
 * Makes a call take effect once for each key and organisation, however often it is sent: the channel itself remembers, so a sender may forget.
 *
 * @returns the record; its `transactionId` is this transaction's only if the call took effect now
 * @throws ChaincodeError `ERR_CHAINCODE_IDEMPOTENCY`: the key was used for another call; whatever the call throws
 */
export async function once(
  state: ChaincodeState,
  key: string,
  call: readonly string[],
  run: () => Promise<Uint8Array>,
): Promise<OnceRecord> {
  const callHash = bytesToHex(sha256(canonicalJsonBytes(call)))
  const organization = state.caller.mspId
  const known = await findOnce(state, organization, key)
  if (known !== undefined) {
    if (known.callHash !== callHash) throw new ChaincodeError('ERR_CHAINCODE_IDEMPOTENCY', 'the key was used for another call')
    return known
  }
  const record: OnceRecord = { organization, key, callHash, transactionId: state.transactionId, result: bytesToBase64(await run()) }
  await state.put(onceKey(organization, key), jsonBytes(record))
  return record
}

/** @throws ChaincodeError `ERR_CHAINCODE_ABSENT`: nothing took effect under the key; `ERR_CHAINCODE_REQUEST` */
export async function readOnce(state: ChaincodeState, organization: string, key: string): Promise<OnceRecord> {
  const known = await findOnce(state, organization, key)
  if (known === undefined) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'no call took effect under that key')
  return known
}

async function findOnce(state: ChaincodeState, organization: string, key: string): Promise<OnceRecord | undefined> {
  const stored = await state.get(onceKey(organization, key))
  return stored === undefined ? undefined : storedJson(stored)
}

function onceKey(organization: string, key: string): string {
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(organization)) throw expected('an organisation of letters, digits, dots and hyphens')
  if (!/^[\x21-\x7e]{1,128}$/.test(key)) throw expected('an idempotency key of 1 to 128 visible ASCII characters')
  return `once/${organization}/${key}`
}
