import { status } from '@hufu/bindings'
import { accountOfDid, parseDid } from '@hufu/did'
import {
  asBytes,
  asNumber,
  asStruct,
  deserializeStackItem,
  isNull,
  type LedgerReader,
  type LightClient,
  type NetworkDescriptor,
  type ScriptHash,
  type StackItem,
  scriptHashToBytes,
} from '@hufu/ledger'
import { bytesToHex, concatBytes, errorCode, sha256, utf8ToBytes } from '@hufu/primitives'
import type { LedgerAuditAnchor } from './check-audit-log.ts'

/** Reads one anchor of a list; null if there is none. @param sequence - its number on the list; 0: the latest */
type ReadAnchor = (sequence: number) => Promise<Anchor | null>

interface Anchor extends LedgerAuditAnchor {
  readonly sequence: number
}

// Storage layout: contracts/status/doc.go.
const latestPrefix = 0x61
const earlierPrefix = 0x41
const atOnce = 8

/**
 * Every head that an institution has anchored, the oldest first, proven up to signatures of a quorum of the validators. That there is none at all is the nodes'
 * word.
 */
export function provenAuditAnchors(
  client: Pick<LightClient, 'verifiedStorage'>,
  network: Pick<NetworkDescriptor, 'contracts'>,
  did: string,
  list: string,
): Promise<readonly LedgerAuditAnchor[]> {
  const listKey = concatBytes(scriptHashToBytes(issuerOf(did)), sha256(utf8ToBytes(list)))
  let atBlockIndex: number | undefined
  return readAll(async sequence => {
    const key =
      sequence === 0
        ? concatBytes(Uint8Array.of(latestPrefix), listKey)
        : concatBytes(Uint8Array.of(earlierPrefix), listKey, Uint8Array.of(sequence >>> 24, sequence >>> 16, sequence >>> 8, sequence))
    try {
      const entry = await client.verifiedStorage(network.contracts.status, key, atBlockIndex === undefined ? {} : { atBlockIndex })
      atBlockIndex = entry.blockIndex
      return anchorOf(deserializeStackItem(entry.value))
    } catch (error) {
      if (errorCode(error) === 'ERR_LEDGER_ABSENT') return null
      throw error
    }
  })
}

/** The same by the nodes' word. */
export function toldAuditAnchors(
  reader: LedgerReader,
  network: Pick<NetworkDescriptor, 'contracts'>,
  did: string,
  list: string,
): Promise<readonly LedgerAuditAnchor[]> {
  const contract = status(network.contracts.status.hash)
  const terms = { issuer: issuerOf(did), listId: list }
  return readAll(async sequence => {
    const item = await reader.invokeRead(
      sequence === 0 ? contract.statusListAnchor(terms) : contract.statusListAnchorAt({ ...terms, sequence: BigInt(sequence) }),
    )
    return isNull(item) ? null : anchorOf(item)
  })
}

async function readAll(read: ReadAnchor): Promise<readonly LedgerAuditAnchor[]> {
  const latest = await read(0)
  if (latest === null) return []
  const anchors: Anchor[] = []
  for (let first = 1; first < latest.sequence; first += atOnce) {
    const sequences = Array.from({ length: Math.min(atOnce, latest.sequence - first) }, (_, index) => first + index)
    for (const anchor of await Promise.all(sequences.map(read))) if (anchor !== null) anchors.push(anchor)
  }
  return [...anchors, latest]
}

function anchorOf(item: StackItem): Anchor {
  const [sequence, hash, timeMs, blockIndex] = asStruct(item, 4)
  return { sequence: asNumber(sequence), hash: bytesToHex(asBytes(hash)), timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) }
}

function issuerOf(did: string): ScriptHash {
  return accountOfDid(parseDid(did))
}
