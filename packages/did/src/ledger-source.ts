import { identifiers } from '@hufu/bindings'
import { asNumber, asStruct, isNull, type LedgerReader, type NetworkDescriptor, type ScriptHash } from '@hufu/ledger'
import { decodeRecord, stateOf } from './decode-record.ts'
import type { DidMoment, DidSource, DidState } from './did-state.ts'

/** States as the nodes tell them. The latest takes one call, an earlier one a second for what followed, and one by time a third. */
export function ledgerSource(reader: LedgerReader, network: Pick<NetworkDescriptor, 'name' | 'contracts'>): DidSource {
  const contract = identifiers(network.contracts.identifiers.hash)

  async function findVersion(identifier: ScriptHash, version: number): Promise<DidState | null> {
    const item = await reader.invokeRead(contract.resolve({ identifier, version: BigInt(version) }))
    if (isNull(item)) return null
    const [recordItem, latest] = asStruct(item, 2)
    const record = decodeRecord(recordItem)
    const latestVersion = asNumber(latest)
    return stateOf(record, latestVersion, record.version < latestVersion ? await timeOfVersion(identifier, record.version + 1) : null)
  }

  async function timeOfVersion(identifier: ScriptHash, version: number): Promise<number> {
    return decodeRecord(await reader.invokeRead(contract.getVersion({ identifier, version: BigInt(version) }))).timeMs
  }

  /** The contract's number of the version, where 0 stands for the latest; null if there is none. */
  async function versionOf(identifier: ScriptHash, moment: DidMoment): Promise<number | null> {
    if (moment === 'latest') return 0
    if ('version' in moment) return moment.version === 0 ? null : moment.version
    // The contract counts time from 1970, and refuses to be asked about before.
    const timeMs = BigInt(Math.max(moment.timeMs, 0))
    return asNumber(await reader.invokeRead(contract.versionAt({ identifier, timeMs }))) || null
  }

  return {
    network: network.name,
    async findState(identifier, moment) {
      const version = await versionOf(identifier, moment)
      return version === null ? null : findVersion(identifier, version)
    },
  }
}
