import { type DidMoment, didOf, provenSource } from '@hufu/did'
import {
  asBytes,
  asNumber,
  asStruct,
  type ContractDescriptor,
  deserializeStackItem,
  LedgerError,
  type LightClient,
  type NetworkDescriptor,
  type ScriptHash,
  type StackItem,
  scriptHashToBytes,
} from '@hufu/ledger'
import { bytesToHex, bytesToUtf8, concatBytes, equalBytes, errorCode, sha256, utf8ToBytes } from '@hufu/primitives'
import { mayAsk, mayIssue, provenTrustSource } from '@hufu/trust'
import type { CredentialType, DidRecord, Grant, RegisteredQuery, Right, StatusListAnchor, TreeRoot, VerifyingKey } from '../api-types.ts'
import { grantKeyOf, shownGrant, shownRight } from '../trust/shown-grant.ts'

/** A version by its number, or the latest. */
export type VersionAsked = number | 'latest'

/** Gives proven entries: one node's, recorded, or those that came with an answer. */
export type EntryReader = Pick<LightClient, 'verifiedStorage'>

/** A proven entry that does not fit what was asked for, or itself. */
export class UnfitEntry extends LedgerError {
  readonly fact: 'otherVersion' | 'hashOfKey'

  constructor(fact: UnfitEntry['fact'], message: string) {
    super('ERR_LEDGER_ANSWER', message)
    this.fact = fact
  }
}

/**
 * Answers of the explorer, each derived from entries that the reader gives and nothing else: whoever has the same entries derives the same, so the pages check
 * an answer by deriving it again. Null stands for what nodes say is not there.
 *
 * Methods throw LedgerError as the reader, and UnfitEntry.
 */
export class Derivations {
  readonly #network: NetworkDescriptor

  constructor(network: NetworkDescriptor) {
    this.#network = network
  }

  async did(reader: EntryReader, account: ScriptHash, moment: DidMoment): Promise<DidRecord | null> {
    // A source of states reads a light client by its verified entries.
    const source = provenSource(reader as unknown as Pick<LightClient, 'verifiedStorage' | 'proofBundle'>, this.#network)
    const state = await source.findState(account, moment)
    return state === null ? null : { did: this.#didOf(account), ...state, document: bytesToUtf8(state.document) }
  }

  async grant(reader: EntryReader, kind: Grant['kind'], account: ScriptHash, name: string, atMs: number): Promise<Grant> {
    const key = grantKeyOf(kind, account, name)
    const entry = await provenTrustSource(reader, this.#network).findGrant(key, atMs)
    return shownGrant({ key, entry }, atMs, this.#network.name)
  }

  async right(reader: EntryReader, kind: 'issue' | 'ask', account: ScriptHash, name: string, atMs: number): Promise<Right> {
    const find = kind === 'issue' ? mayIssue : mayAsk
    return shownRight(await find(inTurn(provenTrustSource(reader, this.#network)), account, name, atMs), this.#network.name)
  }

  async credentialType(reader: EntryReader, typeId: string, asked: VersionAsked): Promise<CredentialType | null> {
    const found = await provenTrustSource(reader, this.#network).findCredentialType(typeId, asked)
    if (found === null) return null
    const { version, schema, schemaHash, timeMs, blockIndex } = found
    return { typeId, version, sha256: bytesToHex(schemaHash), timeMs, blockIndex, schema: bytesToUtf8(schema) }
  }

  async query(reader: EntryReader, account: ScriptHash, queryId: string, asked: VersionAsked): Promise<RegisteredQuery | null> {
    const found = await provenTrustSource(reader, this.#network).findQuery(account, queryId, asked)
    if (found === null) return null
    const { version, content, contentHash, timeMs, blockIndex } = found
    const of = { did: this.#didOf(account), queryId }
    return { ...of, version, sha256: bytesToHex(contentHash), timeMs, blockIndex, content: bytesToUtf8(content) }
  }

  tree(reader: EntryReader, account: ScriptHash, typeId: string, asked: VersionAsked): Promise<TreeRoot | null> {
    const name = concatBytes(scriptHashToBytes(account), utf8ToBytes(typeId))
    return readVersion(reader, this.#network.contracts.status, ['r', 'R'], name, asked, item => {
      const [size, root, timeMs, rootIndex, blockIndex] = asStruct(item, 5)
      return {
        number: asNumber(rootIndex),
        shown: {
          ...{ did: this.#didOf(account), typeId, rootIndex: asNumber(rootIndex), size: asNumber(size) },
          ...{ root: bytesToHex(asBytes(root)), timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) },
        },
      }
    })
  }

  statusListAnchor(reader: EntryReader, account: ScriptHash, listId: string, asked: VersionAsked): Promise<StatusListAnchor | null> {
    const name = concatBytes(scriptHashToBytes(account), sha256(utf8ToBytes(listId)))
    return readVersion(reader, this.#network.contracts.status, ['a', 'A'], name, asked, item => {
      const [sequence, hash, timeMs, blockIndex] = asStruct(item, 4)
      return {
        number: asNumber(sequence),
        shown: {
          ...{ did: this.#didOf(account), listId, sequence: asNumber(sequence), sha256: bytesToHex(asBytes(hash)) },
          ...{ timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) },
        },
      }
    })
  }

  verifyingKey(reader: EntryReader, circuitId: string, asked: VersionAsked): Promise<VerifyingKey | null> {
    return readVersion(reader, this.#network.contracts.proofs, ['k', 'K'], utf8ToBytes(circuitId), asked, item => {
      const [version, key, hash, , timeMs, blockIndex] = asStruct(item, 6)
      const file = asBytes(key)
      if (!equalBytes(sha256(file), asBytes(hash))) throw new UnfitEntry('hashOfKey', 'expected a key of the hash beside it')
      return {
        number: asNumber(version),
        shown: {
          ...{ circuitId, version: asNumber(version), sha256: bytesToHex(sha256(file)), timeMs: asNumber(timeMs) },
          ...{ blockIndex: asNumber(blockIndex), development: file[developmentFlagAt] === 1, sizeBytes: file.length },
        },
      }
    })
  }

  #didOf(account: ScriptHash): string {
    return didOf(this.#network.name, account)
  }
}

/** Of a key's file, docs/zk.md: `HFVK`, version, flags. */
const developmentFlagAt = 5

/** The latest of what has versions, or one before it: storage layouts of the contracts' doc.go. */
async function readVersion<Shown>(
  reader: EntryReader,
  contract: ContractDescriptor,
  [latest, earlier]: readonly [string, string],
  name: Uint8Array,
  asked: VersionAsked,
  decode: (item: StackItem) => { readonly number: number; readonly shown: Shown },
): Promise<Shown | null> {
  const read = async (prefix: string, ...rest: readonly Uint8Array[]) => {
    try {
      const { value } = await reader.verifiedStorage(contract, concatBytes(utf8ToBytes(prefix), name, ...rest))
      return decode(deserializeStackItem(value))
    } catch (error) {
      if (errorCode(error) === 'ERR_LEDGER_ABSENT') return null
      throw error
    }
  }
  const newest = await read(latest)
  if (newest === null || asked === 'latest' || newest.number === asked) return newest?.shown ?? null
  const found = await read(earlier, Uint8Array.of(asked >>> 24, asked >>> 16, asked >>> 8, asked))
  if (found !== null && found.number !== asked) throw new UnfitEntry('otherVersion', 'expected the version that was asked for')
  return found?.shown ?? null
}

/** One read after the other, so that all are of the block of the first. */
function inTurn(source: ReturnType<typeof provenTrustSource>): ReturnType<typeof provenTrustSource> {
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...source,
    findGrant(...query) {
      const found = last.then(() => source.findGrant(...query))
      last = found.catch(() => undefined)
      return found
    },
  }
}
