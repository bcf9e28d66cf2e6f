import { CredentialError } from '../errors.ts'
import type { JsonObject } from '../json-object.ts'
import type { StatusSize } from '../status/status-bits.ts'
import type { StatusReference } from '../status/status-reference.ts'
import { isUrl } from './form.ts'

/** What a status list is for; further purposes may be agreed on elsewhere. */
export type StatusPurpose = 'revocation' | 'suspension' | 'refresh' | 'message' | (string & {})

/** A credential's place in a Bitstring Status List (Bitstring Status List §2.1). */
export interface BitstringStatusEntry extends StatusReference {
  readonly purpose: StatusPurpose
  readonly size: StatusSize
  /** Meaning of each value, where the issuer gave any. */
  readonly messages: readonly string[] | undefined
}

/** The `type` of an entry. */
export const bitstringStatusEntryType = 'BitstringStatusListEntry'

/** The `credentialStatus` that leads to an entry of a one-bit list. */
export function bitstringStatusOf({ uri, index, purpose }: StatusReference & { purpose: StatusPurpose }): JsonObject {
  return { type: bitstringStatusEntryType, statusPurpose: purpose, statusListIndex: String(index), statusListCredential: uri }
}

/**
 * Reads a `credentialStatus` of type BitstringStatusListEntry.
 *
 * @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: a member is not as the specification asks, or entries have another size than 1, 2, 4 or 8 bits
 * @see https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistentry
 */
export function readBitstringStatusEntry(status: JsonObject): BitstringStatusEntry {
  const { id, type, statusPurpose, statusListIndex, statusListCredential, statusReference } = status
  if (type !== bitstringStatusEntryType) throw invalid('type', bitstringStatusEntryType)
  if (!isUrl(statusListCredential)) throw invalid('statusListCredential', 'a URL')
  if (id === statusListCredential) throw invalid('id', 'another URL than that of the list')
  if (typeof statusPurpose !== 'string' || statusPurpose === '') throw invalid('statusPurpose', 'text')
  if (typeof statusListIndex !== 'string' || !/^(0|[1-9]\d{0,14})$/.test(statusListIndex))
    throw invalid('statusListIndex', 'a number in text')
  if (statusReference !== undefined && !(Array.isArray(statusReference) ? statusReference : [statusReference]).every(isUrl))
    throw invalid('statusReference', 'a URL or a list of URLs')
  const { statusSize: size = 1 } = status
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8) throw invalid('statusSize', '1, 2, 4 or 8')
  const messages = readMessages(status.statusMessage, 2 ** size)
  if (size > 1 && messages === undefined) throw invalid('statusMessage', 'a message for each status')
  return { uri: statusListCredential, index: Number(statusListIndex), purpose: statusPurpose, size, messages }
}

function readMessages(value: unknown, count: number): readonly string[] | undefined {
  if (value === undefined) return undefined
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  if (items.length !== count) throw invalid('statusMessage', 'a message for each status')
  const messages = new Map(items.map(item => readMessage(item as JsonObject)))
  return Array.from({ length: count }, (_, status) => messages.get(status) ?? failMissing())
}

function readMessage(item: JsonObject): readonly [number, string] {
  const { status, message } = Object(item) as JsonObject
  if (typeof status !== 'string' || !/^0x[0-9A-Fa-f]{1,2}$/.test(status)) throw invalid('statusMessage.status', 'hexadecimal with 0x')
  if (typeof message !== 'string') throw invalid('statusMessage.message', 'text')
  return [Number.parseInt(status, 16), message]
}

function failMissing(): never {
  throw invalid('statusMessage', 'a message for each status')
}

function invalid(member: string, expectation: string): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', `credentialStatus.${member}: expected ${expectation}`)
}
