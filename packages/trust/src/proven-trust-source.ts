import {
  deserializeStackItem,
  LedgerError,
  type LightClient,
  type NetworkDescriptor,
  type ScriptHash,
  type StackItem,
  scriptHashToBytes,
  type VerifiedReadOptions,
} from '@hufu/ledger'
import { concatBytes, errorCode, utf8ToBytes } from '@hufu/primitives'
import { findGrantAt } from './find-grant-at.ts'
import type { GrantEntry, GrantKey } from './grant.ts'
import { grantKinds } from './grant-codes.ts'
import { decodeCredentialType, decodeGrantEntry, decodeQuery } from './ledger-trust-source.ts'
import { isTrustName } from './trust-name.ts'
import type { TrustSource } from './trust-source.ts'

// Storage layout: contracts/trust/doc.go.
const prefixes = {
  grant: { latest: 'g', earlier: 'G' },
  credentialType: { latest: 't', earlier: 'T' },
  query: { latest: 'q', earlier: 'Q' },
} as const

/**
 * The registry proven up to signatures of a quorum of the validators, whatever nodes say: an answer that is not null is true. That there is *no* such grant,
 * credential type or query cannot be proven: null is the nodes' word. Whoever refuses on null cannot be made to trust somebody by it.
 *
 * An earlier change or version that must have been there, for there is a later one, is never null.
 *
 * @param options - as of which block to read; give `atBlockIndex` for answers that fit each other
 * @returns its methods throw LedgerError as `LightClient.verifiedStorage`, but for `ERR_LEDGER_ABSENT`; and `ERR_LEDGER_ANSWER`: what was proven is malformed
 */
export function provenTrustSource(
  client: Pick<LightClient, 'verifiedStorage'>,
  network: Pick<NetworkDescriptor, 'contracts'>,
  options: VerifiedReadOptions = {},
): TrustSource {
  const contract = network.contracts.trust

  const read = async (key: Uint8Array): Promise<StackItem | null> => {
    try {
      return deserializeStackItem((await client.verifiedStorage(contract, key, options)).value)
    } catch (error) {
      if (errorCode(error) === ('ERR_LEDGER_ABSENT' satisfies LedgerError['code'])) return null
      throw error
    }
  }

  /** A version of what has versions: the latest, or one beside it. */
  const readVersion = async <Version extends { readonly version: number }>(
    { latest, earlier }: { readonly latest: string; readonly earlier: string },
    name: Uint8Array,
    version: number | 'latest',
    decode: (item: StackItem) => Version | null,
  ): Promise<Version | null> => {
    const item = await read(concatBytes(utf8ToBytes(latest), name))
    const newest = item === null ? null : decode(item)
    if (newest === null || version === 'latest' || newest.version === version) return newest
    if (version > newest.version) return null
    const before = await read(concatBytes(utf8ToBytes(earlier), name, bigEndian(version)))
    const found = before === null ? null : decode(before)
    if (found?.version !== version) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an entry for each version')
    return found
  }

  return {
    async findGrant(key: GrantKey, atMs: number): Promise<GrantEntry | null> {
      if ('name' in key && !isTrustName(key.name)) return null
      const name = grantName(key)
      const item = await read(concatBytes(utf8ToBytes(prefixes.grant.latest), name))
      return findGrantAt(item === null ? null : decodeGrantEntry(item), atMs, async sequence => {
        const before = await read(concatBytes(utf8ToBytes(prefixes.grant.earlier), name, bigEndian(sequence)))
        const entry = before === null ? null : decodeGrantEntry(before)
        if (entry?.sequence !== sequence) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an entry for each change of a grant')
        return entry
      })
    },
    async findCredentialType(typeId, version) {
      if (!isVersion(version) || !isTrustName(typeId)) return null
      return readVersion(prefixes.credentialType, utf8ToBytes(typeId), version, decodeCredentialType)
    },
    async findQuery(institution: ScriptHash, queryId, version) {
      if (!isVersion(version) || !isTrustName(queryId)) return null
      const name = concatBytes(scriptHashToBytes(institution), utf8ToBytes(queryId))
      return readVersion(prefixes.query, name, version, decodeQuery)
    },
  }
}

function grantName(key: GrantKey): Uint8Array {
  const name = 'name' in key ? key.name : ''
  return concatBytes(Uint8Array.of(grantKinds[key.kind]), scriptHashToBytes(key.subject), utf8ToBytes(name))
}

function isVersion(version: number | 'latest'): boolean {
  return version === 'latest' || (Number.isInteger(version) && version >= 1 && version <= 0xffffffff)
}

function bigEndian(number: number): Uint8Array {
  return Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
}
