import { trust } from '@hufu/bindings'
import {
  asBytes,
  asNumber,
  asScriptHash,
  asStruct,
  asText,
  isNull,
  LedgerError,
  type LedgerReader,
  type NetworkDescriptor,
  type StackItem,
} from '@hufu/ledger'
import { equalBytes, sha256 } from '@hufu/primitives'
import { findGrantAt } from './find-grant-at.ts'
import type { GrantEntry, GrantKey } from './grant.ts'
import { grantKinds, grantStatuses } from './grant-codes.ts'
import { isTrustName } from './trust-name.ts'
import type { CredentialTypeVersion, QueryVersion, TrustSource } from './trust-source.ts'

/** The registry as the nodes tell it. A grant now takes one call, one at an earlier time some more. Names that the contract refuses name nothing. */
export function ledgerTrustSource(reader: LedgerReader, network: Pick<NetworkDescriptor, 'contracts'>): TrustSource {
  const contract = trust(network.contracts.trust.hash)

  async function findGrant(key: GrantKey, atMs: number): Promise<GrantEntry | null> {
    if ('name' in key && !isTrustName(key.name)) return null
    const args = grantArguments(key)
    const latest = decodeGrantEntry(await reader.invokeRead(contract.grant(args)))
    return findGrantAt(latest, atMs, async sequence =>
      decodeGrantEntry(await reader.invokeRead(contract.history({ ...args, sequence: BigInt(sequence) }))),
    )
  }

  return {
    findGrant,
    async findCredentialType(typeId, version) {
      if (version === 0 || !isTrustName(typeId)) return null
      const item = await reader.invokeRead(contract.credentialType({ typeId, version: version === 'latest' ? 0n : BigInt(version) }))
      return decodeCredentialType(item)
    },
    async findQuery(institution, queryId, version) {
      if (version === 0 || !isTrustName(queryId)) return null
      const item = await reader.invokeRead(contract.query({ institution, queryId, version: version === 'latest' ? 0n : BigInt(version) }))
      return decodeQuery(item)
    },
  }
}

/** The key of a grant as the contract takes it. */
export function grantArguments(key: GrantKey): { readonly kind: bigint; readonly subject: GrantKey['subject']; readonly name: string } {
  return { kind: BigInt(grantKinds[key.kind]), subject: key.subject, name: 'name' in key ? key.name : '' }
}

/** Decodes the struct Entry of contracts/trust; null for null. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function decodeGrantEntry(item: StackItem): GrantEntry | null {
  if (isNull(item)) return null
  const [sequence, status, reason, validFromMs, validUntilMs, granter, label, actor, timeMs, blockIndex] = asStruct(item, 10)
  const known = grantStatuses[asNumber(status)]
  if (known === undefined) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a known status of a grant')
  return {
    sequence: asNumber(sequence),
    status: known,
    reason: asNumber(reason),
    validFromMs: asNumber(validFromMs),
    validUntilMs: asNumber(validUntilMs),
    granter: asScriptHash(granter),
    label: asText(label),
    actor: asScriptHash(actor),
    timeMs: asNumber(timeMs),
    blockIndex: asNumber(blockIndex),
  }
}

/** Decodes the struct CredentialTypeVersion; null for null. @throws LedgerError `ERR_LEDGER_ANSWER`: malformed, or the hash does not fit */
export function decodeCredentialType(item: StackItem): CredentialTypeVersion | null {
  const decoded = decodeHashed(item)
  return decoded === null ? null : { ...decoded.rest, schema: decoded.bytes, schemaHash: decoded.hash }
}

/** Decodes the struct QueryVersion; null for null. @throws LedgerError `ERR_LEDGER_ANSWER`: malformed, or the hash does not fit */
export function decodeQuery(item: StackItem): QueryVersion | null {
  const decoded = decodeHashed(item)
  return decoded === null ? null : { ...decoded.rest, content: decoded.bytes, contentHash: decoded.hash }
}

interface Hashed {
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly rest: { readonly version: number; readonly timeMs: number; readonly blockIndex: number }
}

function decodeHashed(item: StackItem): Hashed | null {
  if (isNull(item)) return null
  const [version, hash, bytes, timeMs, blockIndex] = asStruct(item, 5)
  const decoded = {
    bytes: asBytes(bytes),
    hash: asBytes(hash),
    rest: { version: asNumber(version), timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) },
  }
  if (!equalBytes(sha256(decoded.bytes), decoded.hash)) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected content of the hash beside it')
  return decoded
}
