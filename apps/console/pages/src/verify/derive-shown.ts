import { accountOfDid, type DidMoment, didOf, parseDid, provenSource } from '@hufu/did'
import {
  asBytes,
  asNumber,
  asStruct,
  deserializeStackItem,
  type LightClient,
  type NetworkDescriptor,
  type ScriptHash,
  type StackItem,
  scriptHashToBytes,
} from '@hufu/ledger'
import { bytesToHex, bytesToUtf8, concatBytes, equalBytes, errorCode, sha256, utf8ToBytes } from '@hufu/primitives'
import { type GrantEvidence, mayAsk, mayIssue, provenTrustSource, standingOf } from '@hufu/trust'
import { grantKeyOf } from '../../../src/trust/shown-grant.ts'
import type { Asked } from './asked.ts'
import type { EvidenceReader } from './evidence-reader.ts'
import { CheckFailure } from './verdict.ts'

/** Answers that follow from storage entries alone. */
export type StorageAsked = Exclude<Asked, { readonly kind: 'block' | 'transaction' | 'proposal' }>

/**
 * What the answer must be, from proven entries alone, in the shape in which the server gives it; null: what was asked for did not come with the answer.
 *
 * @throws LedgerError `ERR_LEDGER_PROOF`, `ERR_LEDGER_ANSWER`; CheckFailure
 */
export async function deriveShown(asked: StorageAsked, reader: EvidenceReader, network: NetworkDescriptor): Promise<object | null> {
  switch (asked.kind) {
    case 'did':
      return deriveDid(asked.did, asked.moment, reader, network)
    case 'grant': {
      const key = grantKeyOf(asked.grant, accountOf(asked.did), asked.name)
      const entry = await provenTrustSource(reader, network).findGrant(key, asked.atMs)
      return grantOf({ key, entry, standing: standingOf(entry, asked.atMs) }, asked.atMs, network)
    }
    case 'right': {
      const find = asked.right === 'issue' ? mayIssue : mayAsk
      const found = await find(provenTrustSource(reader, network), accountOf(asked.did), asked.name, asked.atMs)
      const grant = (evidence: GrantEvidence) => grantOf(evidence, asked.atMs, network)
      return {
        allowed: found.allowed,
        atMs: asked.atMs,
        right: grant(found.right),
        institution: grant(found.institution),
        authority: found.authority === undefined ? null : grant(found.authority),
      }
    }
    case 'credentialType': {
      const found = await provenTrustSource(reader, network).findCredentialType(asked.typeId, asked.version)
      if (found === null) return null
      const { version, schema, schemaHash, timeMs, blockIndex } = found
      return { typeId: asked.typeId, version, sha256: bytesToHex(schemaHash), timeMs, blockIndex, schema: bytesToUtf8(schema) }
    }
    case 'query': {
      const found = await provenTrustSource(reader, network).findQuery(accountOf(asked.did), asked.queryId, asked.version)
      if (found === null) return null
      const { version, content, contentHash, timeMs, blockIndex } = found
      const of = { did: asked.did, queryId: asked.queryId }
      return { ...of, version, sha256: bytesToHex(contentHash), timeMs, blockIndex, content: bytesToUtf8(content) }
    }
    case 'tree': {
      const name = concatBytes(scriptHashToBytes(accountOf(asked.did)), utf8ToBytes(asked.typeId))
      return readVersion(
        reader,
        network,
        'status',
        ['r', 'R'],
        name,
        asked.rootIndex,
        item => {
          const [size, root, timeMs, rootIndex, blockIndex] = asStruct(item, 5)
          const of = { did: asked.did, typeId: asked.typeId, rootIndex: asNumber(rootIndex), size: asNumber(size) }
          return { ...of, root: bytesToHex(asBytes(root)), timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) }
        },
        'rootIndex',
      )
    }
    case 'statusListAnchor': {
      const name = concatBytes(scriptHashToBytes(accountOf(asked.did)), sha256(utf8ToBytes(asked.listId)))
      return readVersion(
        reader,
        network,
        'status',
        ['a', 'A'],
        name,
        asked.sequence,
        item => {
          const [sequence, hash, timeMs, blockIndex] = asStruct(item, 4)
          const of = { did: asked.did, listId: asked.listId, sequence: asNumber(sequence) }
          return { ...of, sha256: bytesToHex(asBytes(hash)), timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex) }
        },
        'sequence',
      )
    }
    case 'verifyingKey':
      return readVersion(
        reader,
        network,
        'proofs',
        ['k', 'K'],
        utf8ToBytes(asked.circuitId),
        asked.version,
        item => {
          const [version, key, hash, , timeMs, blockIndex] = asStruct(item, 6)
          const file = asBytes(key)
          if (!equalBytes(sha256(file), asBytes(hash))) throw new CheckFailure('hashOfKey')
          // docs/zk.md: `HFVK`, version, flags.
          const development = (file[5] ?? 0) === 1
          const of = { circuitId: asked.circuitId, version: asNumber(version), sha256: bytesToHex(sha256(file)) }
          return { ...of, timeMs: asNumber(timeMs), blockIndex: asNumber(blockIndex), development, sizeBytes: file.length }
        },
        'version',
      )
  }
}

async function deriveDid(did: string, moment: DidMoment, reader: EvidenceReader, network: NetworkDescriptor): Promise<object | null> {
  // Of a light client a source of states reads verified entries alone.
  const state = await provenSource(reader as unknown as LightClient, network).findState(accountOf(did), moment)
  return state === null ? null : { did, ...state, document: bytesToUtf8(state.document) }
}

function grantOf({ key, entry, standing }: GrantEvidence, atMs: number, network: NetworkDescriptor): object {
  const did = didOf(network.name, key.subject)
  return { kind: key.kind, did, account: key.subject, name: 'name' in key ? key.name : '', atMs, standing, entry }
}

/** The latest of what has versions, or one before it. */
async function readVersion<Shown extends { readonly [member in Counter]: number }, Counter extends string>(
  reader: EvidenceReader,
  network: NetworkDescriptor,
  contract: 'status' | 'proofs',
  [latest, earlier]: readonly [string, string],
  name: Uint8Array,
  version: number | 'latest',
  decode: (item: StackItem) => Shown,
  counter: Counter,
): Promise<Shown | null> {
  const read = async (prefix: string, ...rest: readonly Uint8Array[]): Promise<Shown | null> => {
    try {
      const { value } = await reader.verifiedStorage(network.contracts[contract], concatBytes(utf8ToBytes(prefix), name, ...rest))
      return decode(deserializeStackItem(value))
    } catch (error) {
      if (errorCode(error) === 'ERR_LEDGER_ABSENT') return null
      throw error
    }
  }
  const newest = await read(latest)
  if (newest === null || version === 'latest' || newest[counter] === version) return newest
  const found = await read(earlier, Uint8Array.of(version >>> 24, version >>> 16, version >>> 8, version))
  if (found !== null && found[counter] !== version) throw new CheckFailure('otherVersion')
  return found
}

function accountOf(did: string): ScriptHash {
  return accountOfDid(parseDid(did))
}
