import { deserializeStackItem, LedgerError, type ScriptHash, scriptHashToBytes } from '@hufu/ledger'
import { concatBytes } from '@hufu/primitives'
import { type DidRecord, decodeRecord, stateOf } from './decode-record.ts'
import type { DidMoment, DidState } from './did-state.ts'

/** Reads an entry of the contract's storage; undefined if there is none. */
export type ReadEntry = (key: Uint8Array) => Promise<Uint8Array | undefined>

// Storage layout: contracts/identifiers/doc.go.
const latestPrefix = 0x69
const earlierPrefix = 0x49

/**
 * Puts a state together from the contract's storage entries alone. Whoever proves each entry proves the state: the entry of the
 * identifier shows which version is the latest, and a version and the one after it show that it was in force between the two.
 *
 * @throws LedgerError `ERR_LEDGER_ANSWER`: an entry is missing or malformed
 */
export async function stateFromStorage(read: ReadEntry, identifier: ScriptHash, moment: DidMoment): Promise<DidState | null> {
  const entry = await read(concatBytes(Uint8Array.of(latestPrefix), scriptHashToBytes(identifier)))
  if (entry === undefined) return null
  const latest = decodeRecord(deserializeStackItem(entry))
  const recordOf = async (version: number): Promise<DidRecord> => {
    if (version === latest.version) return latest
    const earlier = await read(earlierKey(identifier, version))
    if (earlier === undefined) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an entry for each version')
    return decodeRecord(deserializeStackItem(earlier))
  }
  const version = await findVersion(latest, moment, recordOf)
  if (version === null) return null
  const record = await recordOf(version)
  return stateOf(record, latest.version, version < latest.version ? (await recordOf(version + 1)).timeMs : null)
}

/** The version at the moment: by number if there is such a one, or the last that was in force by then; null if none. */
async function findVersion(
  latest: DidRecord,
  moment: DidMoment,
  recordOf: (version: number) => Promise<DidRecord>,
): Promise<number | null> {
  if (moment === 'latest') return latest.version
  if ('version' in moment) return moment.version >= 1 && moment.version <= latest.version ? moment.version : null
  if (moment.timeMs < latest.createdMs) return null
  // The answer is from low to high; versions are ordered by time.
  let low = 1
  let high = latest.version
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((await recordOf(middle)).timeMs <= moment.timeMs) low = middle
    else high = middle - 1
  }
  return low
}

function earlierKey(identifier: ScriptHash, version: number): Uint8Array {
  const bigEndian = Uint8Array.of(version >>> 24, version >>> 16, version >>> 8, version)
  return concatBytes(Uint8Array.of(earlierPrefix), scriptHashToBytes(identifier), bigEndian)
}
