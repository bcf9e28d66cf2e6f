import { asNumber, asStruct, deserializeStackItem, LedgerError, type ScriptHash, scriptHashToBytes } from '@hufu/ledger'
import { concatBytes } from '@hufu/primitives'
import { decodeRevision, type Revision } from './decode-revision.ts'
import type { DidMoment, DidState } from './did-state.ts'

/** Reads an entry of the contract's storage; undefined if there is none. */
export type ReadEntry = (key: Uint8Array) => Promise<Uint8Array | undefined>

// Storage layout: contracts/identifiers/doc.go.
const prefix = { state: 0x73, revision: 0x76, document: 0x64 } as const

/**
 * Puts a state together from the contract's storage entries alone. Whoever proves each entry proves the state:
 * that version v was in force at a time is shown by v and the one after it, and that v is the latest by the entry of the identifier.
 *
 * @throws LedgerError `ERR_LEDGER_ANSWER`: an entry is missing or malformed
 */
export async function stateFromStorage(read: ReadEntry, identifier: ScriptHash, moment: DidMoment): Promise<DidState | null> {
  const id = scriptHashToBytes(identifier)
  const entry = await read(concatBytes(Uint8Array.of(prefix.state), id))
  if (entry === undefined) return null
  const [latest, , , , , created] = asStruct(deserializeStackItem(entry), 10)
  const latestVersion = asNumber(latest)
  const revisionOf = async (version: number): Promise<Revision> =>
    decodeRevision(deserializeStackItem(present(await read(numberedKey(prefix.revision, id, version)))))
  const version = await findVersion(latestVersion, moment, revisionOf)
  if (version === null) return null
  const { documentVersion, ...revision } = await revisionOf(version)
  return {
    ...revision,
    createdMs: asNumber(created),
    latestVersion,
    nextTimeMs: version < latestVersion ? (await revisionOf(version + 1)).timeMs : null,
    document: present(await read(numberedKey(prefix.document, id, documentVersion))),
  }
}

/** The version at the moment: by number if there is such a one, or the last that was in force by then; null if none. */
async function findVersion(latest: number, moment: DidMoment, revisionOf: (version: number) => Promise<Revision>): Promise<number | null> {
  if (moment === 'latest') return latest
  if ('version' in moment) return moment.version >= 1 && moment.version <= latest ? moment.version : null
  // The answer is from low to high; versions are ordered by time.
  let low = 0
  let high = latest
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((await revisionOf(middle)).timeMs <= moment.timeMs) low = middle
    else high = middle - 1
  }
  return low === 0 ? null : low
}

function numberedKey(first: number, identifier: Uint8Array, number: number): Uint8Array {
  const bigEndian = Uint8Array.of(number >>> 24, number >>> 16, number >>> 8, number)
  return concatBytes(Uint8Array.of(first), identifier, bigEndian)
}

function present(entry: Uint8Array | undefined): Uint8Array {
  if (entry === undefined) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected an entry for each version and its document')
  return entry
}
