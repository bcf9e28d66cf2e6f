import { parseDid } from '@hufu/did'
import { errorCode, type Json } from '@hufu/primitives'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected, jsonBytes, parseMembers, storedJson } from '../json.ts'

const statuses = ['active', 'suspended', 'left'] as const

/**
 * An entry of the hospital group's registry: which department or laboratory works for a hospital. A sample of what a consortium keeps; hashes and
 * identifiers only, for whatever is here all members keep for ever.
 */
export interface RegistryEntry {
  /** The hospital, by the organisation that wrote it; only that one changes it. */
  readonly organization: string
  readonly id: string
  readonly did: string
  readonly status: (typeof statuses)[number]
  /** SHA-256 of what the hospital keeps about it, 64 hexadecimal digits. */
  readonly recordHash: string
  /** 1, 2, … */
  readonly version: number
}

/** Name of the event that tells of a new version. */
export const registryChanged = 'registry.changed'

/**
 * Writes an entry in the name of the caller's organisation. The same content twice changes nothing.
 *
 * @param text - `{"did", "status", "recordHash"}`
 * @throws ChaincodeError `ERR_CHAINCODE_REQUEST`; `ERR_CHAINCODE_FORBIDDEN`: who has left does not come back under the same id
 */
export async function putRegistryEntry(state: ChaincodeState, id: string, text: string): Promise<RegistryEntry> {
  const { did, status, recordHash } = parseMembers(text, ['did', 'status', 'recordHash'])
  const known = await findRegistryEntry(state, state.caller.mspId, id)
  const entry: RegistryEntry = {
    organization: state.caller.mspId,
    id,
    did: parseDidText(did),
    status: parseStatus(status),
    recordHash: parseHash(recordHash),
    version: (known?.version ?? 0) + 1,
  }
  if (known?.did === entry.did && known.status === entry.status && known.recordHash === entry.recordHash) return known
  if (known?.status === 'left') throw new ChaincodeError('ERR_CHAINCODE_FORBIDDEN', 'the entry is closed')
  await state.put(registryKey(entry.organization, id), jsonBytes(entry))
  state.event(registryChanged, jsonBytes(entry))
  return entry
}

/** @throws ChaincodeError `ERR_CHAINCODE_ABSENT`, `ERR_CHAINCODE_REQUEST` */
export async function getRegistryEntry(state: ChaincodeState, organization: string, id: string): Promise<RegistryEntry> {
  const entry = await findRegistryEntry(state, organization, id)
  if (entry === undefined) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'the registry has no such entry')
  return entry
}

/** Every version, the oldest first. @throws ChaincodeError as {@link getRegistryEntry} */
export async function registryHistory(state: ChaincodeState, organization: string, id: string): Promise<readonly object[]> {
  const past = await state.history(registryKey(organization, id))
  if (past.length === 0) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'the registry has no such entry')
  return past.map(({ transactionId, timeMs, value }) => ({ transactionId, timeMs, entry: storedJson<RegistryEntry>(value) }))
}

async function findRegistryEntry(state: ChaincodeState, organization: string, id: string): Promise<RegistryEntry | undefined> {
  const stored = await state.get(registryKey(organization, id))
  return stored === undefined ? undefined : storedJson(stored)
}

function registryKey(organization: string, id: string): string {
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(organization)) throw expected('an organisation of letters, digits, dots and hyphens')
  if (!/^[a-z0-9-]{1,64}$/.test(id)) throw expected('an id of lower-case letters, digits and hyphens')
  return `registry/${organization}/${id}`
}

function parseDidText(json: Json): string {
  try {
    return parseDid(String(json))
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw expected('did as did:neo:…')
  }
}

function parseStatus(json: Json): RegistryEntry['status'] {
  const status = statuses.find(each => each === json)
  if (status === undefined) throw expected(`status as one of ${statuses.join(', ')}`)
  return status
}

function parseHash(json: Json): string {
  if (typeof json !== 'string' || !/^[0-9a-f]{64}$/.test(json)) throw expected('recordHash as 64 hexadecimal digits')
  return json
}
