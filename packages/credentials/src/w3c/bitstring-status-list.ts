import { base64urlToBytes, bytesToBase64url, canonicalJson, errorCode, msToDateTime } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { isJsonObject } from '../json-object.ts'
import { compress, decompress } from '../status/compression.ts'
import type { StatusList } from '../status/status-list.ts'
import type { StatusPurpose } from './bitstring-status-entry.ts'
import { type ContextLoader, credentialsV2Url } from './context-loader.ts'
import type { CredentialForm } from './credential-form.ts'
import type { SigningKey } from './data-integrity.ts'
import { issueW3cCredential } from './issue-w3c-credential.ts'

/** Entries a list must have at least, so that each hides among many (Bitstring Status List §3.2). */
export const minBitstringEntries = 131_072

/** What a status list credential says. */
export interface BitstringStatusList {
  readonly purposes: readonly StatusPurpose[]
  /** The packed statuses; how many bits make an entry, the credential's own `credentialStatus` says. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly ttlMs: number | undefined
}

const listCredentialType = 'BitstringStatusListCredential'
/** 16 million entries of one bit. */
const maxListBytes = 2 ** 21

/**
 * Publishes a status list as a signed credential (Bitstring Status List §2.2). Serve it at `uri` as `application/vc`.
 *
 * @param options.list - made with `order: 'msb'` and at least 131,072 entries
 * @param options.issuer - DID, the issuer of the credentials too
 * @returns JSON; the SHA-256 of this very text is what the ledger anchors
 */
export async function signBitstringStatusList(options: {
  list: StatusList
  purpose: StatusPurpose
  uri: string
  issuer: string
  key: SigningKey
  issuedAtMs: number
  expiresAtMs: number
  ttlMs: number
  loadContext?: ContextLoader
}): Promise<string> {
  const { list, uri, issuer, purpose, key, issuedAtMs, loadContext } = options
  const credential = {
    '@context': [credentialsV2Url],
    id: uri,
    type: ['VerifiableCredential', listCredentialType],
    issuer,
    validFrom: msToDateTime(issuedAtMs),
    validUntil: msToDateTime(options.expiresAtMs),
    credentialSubject: {
      id: `${uri}#list`,
      type: 'BitstringStatusList',
      statusPurpose: purpose,
      encodedList: `u${bytesToBase64url(await compress(list.toBytes(), 'gzip'))}`,
      ttl: options.ttlMs,
    },
  }
  return canonicalJson(
    await issueW3cCredential(credential, { key, createdMs: issuedAtMs, ...(loadContext === undefined ? {} : { loadContext }) }),
  )
}

/**
 * Reads what a status list credential says; its proof is the caller's to check.
 *
 * @throws CredentialError `ERR_CREDENTIAL_STATUS_INVALID`: a member is not as the specification asks, or the list is longer than 2 MiB unpacked
 * @see https://www.w3.org/TR/vc-bitstring-status-list/#bitstringstatuslistcredential
 */
export async function readBitstringStatusList({ types, subjects }: CredentialForm): Promise<BitstringStatusList> {
  const [subject] = subjects
  if (!types.includes(listCredentialType)) throw invalid('type', listCredentialType)
  if (subjects.length !== 1 || !isJsonObject(subject)) throw invalid('credentialSubject', 'one list')
  const { type, statusPurpose, encodedList, ttl } = subject
  if (type !== 'BitstringStatusList') throw invalid('credentialSubject.type', 'BitstringStatusList')
  const purposes: readonly unknown[] = Array.isArray(statusPurpose) ? statusPurpose : [statusPurpose]
  if (purposes.length === 0 || !purposes.every(purpose => typeof purpose === 'string')) throw invalid('statusPurpose', 'text')
  if (ttl !== undefined && !(typeof ttl === 'number' && Number.isSafeInteger(ttl) && ttl >= 0)) throw invalid('ttl', 'milliseconds')
  const bytes = await decompress(encodedBytes(encodedList), 'gzip', maxListBytes)
  return { purposes: purposes as readonly string[], bytes, ttlMs: ttl }
}

function encodedBytes(encodedList: unknown): Uint8Array<ArrayBuffer> {
  try {
    if (typeof encodedList === 'string' && encodedList.startsWith('u')) return base64urlToBytes(encodedList.slice(1))
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw invalid('encodedList', 'multibase base64url')
}

function invalid(member: string, expectation: string): CredentialError {
  return new CredentialError('ERR_CREDENTIAL_STATUS_INVALID', `status list ${member}: expected ${expectation}`)
}
