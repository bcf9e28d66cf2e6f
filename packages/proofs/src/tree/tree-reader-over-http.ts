import { type Address, addressOfScriptHash, type ScriptHash, scriptHashOfAddress } from '@hufu/ledger'
import { bytesToUtf8, hexToBytes, type Json } from '@hufu/primitives'
import { memberOf, type Place, readInteger, readJson, readList, readMembers, readText, refusal } from '../attributes/read-json.ts'
import { ProofError } from '../errors.ts'
import { type EpochRoots, rootsPerList } from './epoch-roots.ts'
import { decodeBucket } from './tree-bucket.ts'
import type { TreeReader } from './tree-reader.ts'
import type { TreeFault, TreeKey, TreeRoot } from './tree-root.ts'

/** Which node to ask, and how. */
export interface TreeNodeOptions {
  /** Address of an institution's server, without a slash at the end. */
  readonly url: string
  /** Name of the network. */
  readonly network: string
  readonly fetch?: typeof globalThis.fetch
  readonly timeoutMs?: number
}

const maxBytes = 1_048_576
const maxLists = 1_000
const maxIndex = 2 ** 32 - 1
const rootPlace: Place = { path: 'answer', code: 'ERR_PROOF_TREE' }

/**
 * Reads trees from any node. The node learns which bucket is asked for, of 4,096 leaves, and not who asks. Its answers are its word: a bucket is to be checked
 * by `verifyBucket` against a root that the ledger was asked about.
 *
 * All its methods throw ProofError `ERR_PROOF_TREE`: no answer, or a malformed one.
 */
export function treeReaderOverHttp(options: TreeNodeOptions): TreeReader {
  const { network } = options
  const treeUrl = ({ issuer, typeId }: TreeKey) => `/trees/did:neo:${network}:${addressOfScriptHash(issuer)}/${encodeURIComponent(typeId)}`
  const read = async (path: string): Promise<Json | null> => {
    const bytes = await fetchBytes(options, path)
    return bytes === null ? null : readJson(textOf(bytes), rootPlace, maxBytes)
  }
  const readRoots = async (key: TreeKey, from: number, limit: number) => {
    const json = await read(`${treeUrl(key)}/roots?from=${from}&limit=${limit}`)
    if (json === null) return null
    const { latest, roots } = readMembers(json, rootPlace, { required: ['issuer', 'credentialType', 'latest', 'roots'] })
    const place = memberOf(rootPlace, 'roots')
    return {
      latest: readRoot(latest, memberOf(rootPlace, 'latest')),
      roots: readList(roots, place, 0, limit).map((root, index) => readRoot(root, memberOf(place, String(index)))),
    }
  }
  return {
    latestRoot: async key => (await readRoots(key, 1, 1))?.latest ?? null,
    async rootAt(key, rootIndex) {
      const root = (await readRoots(key, rootIndex, 1))?.roots[0] ?? null
      if (root !== null && root.rootIndex !== rootIndex) throw refusal(rootPlace, 'the root that was asked for')
      return root
    },
    roots: async (key, { from, limit }) => (await readRoots(key, from, limit))?.roots ?? [],
    async bucket(key, bucketIndex, rootIndex) {
      const bytes = await fetchBytes(options, `${treeUrl(key)}/buckets/${bucketIndex}?root=${rootIndex}`)
      return bytes === null ? null : decodeBucket(bucketIndex, bytes)
    },
    async epochRoots(typeId, epoch) {
      const path = typeof epoch === 'object' ? `at/${epoch.height}` : epoch
      const json = await read(`/epochs/${path}?type=${encodeURIComponent(typeId)}`)
      return json === null ? null : readEpochRoots(json, typeId, network)
    },
  }
}

/** The body of an answer; null where there is no such thing. */
async function fetchBytes(
  { url, fetch = globalThis.fetch, timeoutMs = 10_000 }: TreeNodeOptions,
  path: string,
): Promise<Uint8Array | null> {
  let response: Response
  try {
    response = await fetch(`${url}${path}`, {
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (response.status === 404) return null
    if (!response.ok || response.body === null) throw new ProofError('ERR_PROOF_TREE', `tree node: answered with status ${response.status}`)
    return await bytesOf(response.body)
  } catch (cause) {
    if (cause instanceof ProofError) throw cause
    throw new ProofError('ERR_PROOF_TREE', 'tree node: expected an answer', { cause })
  }
}

async function bytesOf(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const bytes = new Uint8Array(maxBytes)
  let length = 0
  for await (const chunk of body) {
    if (length + chunk.length > maxBytes) throw new ProofError('ERR_PROOF_TREE', `tree node: expected at most ${maxBytes} bytes`)
    bytes.set(chunk, length)
    length += chunk.length
  }
  return bytes.slice(0, length)
}

function textOf(bytes: Uint8Array): string {
  try {
    return bytesToUtf8(bytes)
  } catch (cause) {
    throw refusal(rootPlace, 'UTF-8', cause)
  }
}

function readEpochRoots(json: Json, typeId: string, network: string): EpochRoots {
  const { epoch, timeMs, height, lists } = readMembers(json, rootPlace, { required: ['epoch', 'height', 'timeMs', 'lists'] })
  const place = memberOf(rootPlace, 'lists')
  return {
    typeId,
    epoch: readInteger(epoch, memberOf(rootPlace, 'epoch'), 0, Number.MAX_SAFE_INTEGER),
    height: readInteger(height, memberOf(rootPlace, 'height'), 0, maxIndex),
    timeMs: readInteger(timeMs, memberOf(rootPlace, 'timeMs'), 0, Number.MAX_SAFE_INTEGER),
    lists: readList(lists, place, 0, maxLists).map((entry, index) => readEpochList(entry, memberOf(place, String(index)), network)),
  }
}

function readEpochList(json: Json, place: Place, network: string): EpochRoots['lists'][number] {
  const { list, roots } = readMembers(json, place, { required: ['list', 'roots'] })
  const { issuers } = readMembers(list, memberOf(place, 'list'), { required: ['credentialType', 'height', 'issuers'] })
  const read = readList(roots, memberOf(place, 'roots'), 1, rootsPerList).map((root, index) =>
    readRoot(root, memberOf(place, `roots.${index}`)),
  )
  return readList(issuers, memberOf(place, 'list.issuers'), read.length, read.length).map((entry, index) => {
    const { issuer } = readMembers(entry, memberOf(place, `list.issuers.${index}`), { required: ['issuer', 'rootIndex'] })
    return { issuer: readIssuer(issuer, memberOf(place, `list.issuers.${index}.issuer`), network), root: read[index]! }
  })
}

function readIssuer(json: Json | undefined, place: Place, network: string): ScriptHash {
  const did = readText(json, place, 1, 128)
  const prefix = `did:neo:${network}:`
  try {
    if (did.startsWith(prefix)) return scriptHashOfAddress(did.slice(prefix.length) as Address)
  } catch (cause) {
    throw refusal(place, 'a DID of this network', cause)
  }
  throw refusal(place, 'a DID of this network')
}

function readRoot(json: Json | undefined, place: Place): TreeRoot {
  const { rootIndex, size, root, timeMs, blockIndex, fault } = readMembers(json, place, {
    required: ['rootIndex', 'size', 'root', 'timeMs', 'blockIndex'],
    optional: ['fault'],
  })
  const plain = {
    rootIndex: readInteger(rootIndex, memberOf(place, 'rootIndex'), 1, maxIndex),
    size: readInteger(size, memberOf(place, 'size'), 0, 2 ** 32),
    root: readHex(root, memberOf(place, 'root')),
    timeMs: readInteger(timeMs, memberOf(place, 'timeMs'), 0, Number.MAX_SAFE_INTEGER),
    blockIndex: readInteger(blockIndex, memberOf(place, 'blockIndex'), 0, maxIndex),
  }
  return fault === undefined ? plain : { ...plain, fault: readFault(fault, memberOf(place, 'fault')) }
}

function readFault(json: Json, place: Place): TreeFault {
  const { reason, expected } = readMembers(json, place, { required: ['reason', 'expected'] })
  if (reason !== 'root' && reason !== 'leaf' && reason !== 'size') throw refusal(memberOf(place, 'reason'), 'root, leaf or size')
  return { reason, expected: readHex(expected, memberOf(place, 'expected')) }
}

function readHex(json: Json | undefined, place: Place): Uint8Array {
  const text = readText(json, place, 64, 64)
  if (!/^[0-9a-f]{64}$/.test(text)) throw refusal(place, '64 hexadecimal digits')
  return hexToBytes(text)
}
