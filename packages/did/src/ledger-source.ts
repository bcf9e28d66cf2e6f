import { identifiers } from '@hufu/bindings'
import { asBytes, asNumber, asStruct, isNull, type LedgerReader, type NetworkDescriptor, type ScriptHash } from '@hufu/ledger'
import { decodeRevision } from './decode-revision.ts'
import type { DidMoment, DidSource, DidState } from './did-state.ts'

/** States as the nodes tell them. The latest takes one call, an earlier one a second for what followed, and one by time a third. */
export function ledgerSource(reader: LedgerReader, network: Pick<NetworkDescriptor, 'name' | 'contracts'>): DidSource {
  const contract = identifiers(network.contracts.identifiers.hash)

  async function findVersion(identifier: ScriptHash, version: number): Promise<DidState | null> {
    const item = await reader.invokeRead(contract.resolve({ identifier, version: BigInt(version) }))
    if (isNull(item)) return null
    const [revisionItem, document, latest, created] = asStruct(item, 4)
    const { documentVersion: _, ...revision } = decodeRevision(revisionItem)
    const latestVersion = asNumber(latest)
    return {
      ...revision,
      createdMs: asNumber(created),
      latestVersion,
      nextTimeMs: revision.version < latestVersion ? await timeOfVersion(identifier, revision.version + 1) : null,
      document: asBytes(document),
    }
  }

  async function timeOfVersion(identifier: ScriptHash, version: number): Promise<number> {
    return decodeRevision(await reader.invokeRead(contract.getVersion({ identifier, version: BigInt(version) }))).timeMs
  }

  async function versionAt(identifier: ScriptHash, timeMs: number): Promise<number> {
    return asNumber(await reader.invokeRead(contract.versionAt({ identifier, timeMs: BigInt(timeMs) })))
  }

  return {
    network: network.name,
    async findState(identifier, moment) {
      // The contract takes version 0 for the latest; nobody else here may.
      const version = await versionOf(identifier, moment)
      return version === null ? null : findVersion(identifier, version)
    },
  }

  async function versionOf(identifier: ScriptHash, moment: DidMoment): Promise<number | null> {
    if (moment === 'latest') return 0
    // The contract counts time from 1970, and refuses to be asked about before.
    const version = 'version' in moment ? moment.version : await versionAt(identifier, Math.max(moment.timeMs, 0))
    return version === 0 ? null : version
  }
}
