import { accountOfDid, didOf, parseDid } from '@hufu/did'
import { asBytes, asNumber, asStruct, deserializeStackItem, LedgerError, type NetworkDescriptor, scriptHashToBytes } from '@hufu/ledger'
import { type Clock, concatBytes, equalBytes, errorCode, utf8ToBytes } from '@hufu/primitives'
import {
  createNodeHasher,
  createScalarEngine,
  type EpochRoot,
  type EpochRoots,
  type NodeHasher,
  ProofError,
  type PublishedRoots,
  pathInBucket,
  publishedRootsOf,
  type TreePath,
  treeReaderOverHttp,
  verifyBucket,
  type ZkCredential,
} from '@hufu/proofs'
import { WalletError } from '../errors.ts'
import type { LedgerView } from '../network/ledger-view.ts'
import type { NetworkFile } from '../network/network-file.ts'

/** Where a credential stands, all of it proven: an epoch's roots, and the path of its leaf to one of them. */
export interface Standing {
  readonly published: PublishedRoots
  /** Block time of the epoch's height. */
  readonly takenAtMs: number
  readonly path: TreePath
}

/** Finds where credentials stand. */
export interface EpochReader {
  /**
   * In the newest epoch that a node tells of.
   *
   * @throws WalletError `ERR_WALLET_NOT_IN_TREE_YET`: no epoch has the leaf yet; `ERR_WALLET_OFFLINE`: no node gave an answer that could be proven
   */
  standingOf(credential: Pick<ZkCredential, 'credentialType' | 'issuer' | 'leafIndex'>): Promise<Standing>
}

const bucketSize = 4_096
const defaultEpochMs = 60_000
/** Nodes that are asked before giving up. */
const maxNodes = 4
const maxWaitsForHeader = 6
const headerWaitMs = 700

/**
 * Reads epochs and buckets from any institution's node, and believes none of them: height and time of the epoch and every root of the list are proven by the
 * light client, for a list of one's own would single the wallet out; the bucket is checked against its root. The node learns a bucket of 4,096 leaves.
 */
export function openEpochReader(options: {
  readonly file: NetworkFile
  readonly ledger: LedgerView
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly random?: () => number
}): EpochReader {
  const { file, ledger, fetch, clock, random = Math.random } = options
  const { network } = file
  let hasher: Promise<NodeHasher> | undefined

  const readFrom = async (url: string, credential: Parameters<EpochReader['standingOf']>[0]): Promise<Standing> => {
    const { credentialType, issuer, leafIndex } = credential
    const reader = treeReaderOverHttp({ url, network: network.name, fetch })
    const epoch = await reader.epochRoots(credentialType, 'latest')
    const entries = epoch?.lists.find(list => list.some(entry => didOf(network.name, entry.issuer) === issuer))
    const root = entries?.find(entry => didOf(network.name, entry.issuer) === issuer)?.root
    if (epoch === null || entries === undefined || root === undefined || leafIndex >= root.size)
      throw new WalletError('ERR_WALLET_NOT_IN_TREE_YET', 'tree: the leaf is in no epoch yet')
    await Promise.all([proveHeight(ledger, network, epoch, clock), ...entries.map(entry => proveRoot(ledger, network, epoch, entry))])
    const bucket = await reader.bucket(
      { issuer: accountOfDid(parseDid(issuer)), typeId: credentialType },
      Math.floor(leafIndex / bucketSize),
      root.rootIndex,
    )
    if (bucket === null) throw new ProofError('ERR_PROOF_TREE', 'tree node: expected the bucket')
    hasher ??= createScalarEngine().then(createNodeHasher)
    const hashing = await hasher
    verifyBucket(bucket, root.root, hashing)
    const published = publishedRootsOf(epoch, account => didOf(network.name, account)).find(({ list }) =>
      list.issuers.some(entry => entry.issuer === issuer),
    )!
    return { published, takenAtMs: epoch.timeMs, path: pathInBucket(bucket, leafIndex, hashing) }
  }

  return {
    async standingOf(credential) {
      const nodes = shuffled(file.institutions, random).slice(0, maxNodes)
      let failure: unknown = new WalletError('ERR_WALLET_OFFLINE', 'tree: network.json names no node')
      for (const { url } of nodes) {
        try {
          return await readFrom(url, credential)
        } catch (error) {
          if (errorCode(error) === undefined) throw error
          // What one node does not know yet another may know; what is offline is told if nobody says more.
          if (!(failure instanceof WalletError && failure.code === 'ERR_WALLET_NOT_IN_TREE_YET')) failure = error
        }
      }
      if (failure instanceof WalletError) throw failure
      throw new WalletError('ERR_WALLET_OFFLINE', 'tree: no node gave an answer that could be proven', { cause: failure })
    },
  }
}

/** The epoch's height is that of the first block whose time lies in it. */
async function proveHeight(
  ledger: LedgerView,
  network: NetworkDescriptor,
  { epoch, height, timeMs }: EpochRoots,
  clock: Clock,
): Promise<void> {
  const epochMs = network.epochMs ?? defaultEpochMs
  const header = await ledger.client.verifiedHeader(height)
  const before = height > 1 ? (await ledger.client.verifiedHeader(height - 1)).timeMs : 0
  const isFirst = header.timeMs === timeMs && Math.floor(timeMs / epochMs) === epoch && Math.floor(before / epochMs) < epoch
  if (!isFirst || clock.nowMs() - timeMs > 4 * epochMs + 60_000)
    throw new ProofError('ERR_PROOF_ROOT', 'epoch: expected a recent one with its height and time')
}

/** The root is the one that the issuer's tree had after the epoch's first block. Storage layout: contracts/status/doc.go. */
async function proveRoot(
  ledger: LedgerView,
  network: NetworkDescriptor,
  { height, typeId }: EpochRoots,
  { issuer, root }: EpochRoot,
): Promise<void> {
  const key = concatBytes(utf8ToBytes('r'), scriptHashToBytes(issuer), utf8ToBytes(typeId))
  const entry = await whenThere(() => ledger.client.verifiedStorage(network.contracts.status, key, { atBlockIndex: height }))
  const [size, bytes, , rootIndex] = asStruct(deserializeStackItem(entry.value), 5)
  if (asNumber(rootIndex) !== root.rootIndex || asNumber(size) !== root.size || !equalBytes(asBytes(bytes), root.root))
    throw new ProofError('ERR_PROOF_ROOT', 'epoch: expected the root that the ledger had')
}

/** The state after a block stands in the next block, which may be on its way. */
async function whenThere<Result>(task: () => Promise<Result>): Promise<Result> {
  for (let waits = 0; ; waits++) {
    try {
      return await task()
    } catch (error) {
      const mayCome = error instanceof LedgerError && (error.code === 'ERR_LEDGER_NODE' || error.code === 'ERR_LEDGER_ANSWER')
      if (!mayCome || waits === maxWaitsForHeader) throw error
      await new Promise(resolve => setTimeout(resolve, headerWaitMs))
    }
  }
}

function shuffled<Item>(items: readonly Item[], random: () => number): readonly Item[] {
  return items
    .map(item => ({ item, order: random() }))
    .toSorted((left, right) => left.order - right.order)
    .map(({ item }) => item)
}
