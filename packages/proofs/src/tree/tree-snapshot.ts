import { type FollowCursor, parseScriptHash } from '@hufu/ledger'
import { bytesToHex, bytesToUtf8, canonicalJson, concatBytes, equalBytes, hexToBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import { CredentialTree } from './credential-tree.ts'
import type { Epoch } from './epoch-roots.ts'
import { FollowedTree } from './followed-tree.ts'
import type { NodeHasher } from './node-hasher.ts'
import type { TreeFault, TreeRoot } from './tree-root.ts'

/** A follower as bytes. */
export interface TreeSnapshot {
  /** All but the nodes. */
  readonly state: Uint8Array
  readonly trees: readonly StoredNodes[]
}

/** The nodes of one tree. */
export interface StoredNodes {
  /** Fit for a file's name; another one after every change of the tree, so what was kept under it is still right. */
  readonly name: string
  /** Bytes one after the other: views, to be read before the tree changes. */
  pieces(): Iterable<Uint8Array>
}

/** What a follower consists of. */
export interface StoredTrees {
  readonly cursor: FollowCursor | undefined
  readonly epochs: readonly Epoch[]
  readonly trees: readonly FollowedTree[]
}

type RootJson = readonly [
  rootIndex: number,
  size: number,
  root: string,
  timeMs: number,
  blockIndex: number,
  reason?: string,
  expected?: string,
]

interface StateJson {
  readonly layout: number
  readonly cursor: FollowCursor | null
  readonly epochs: readonly (readonly [epoch: number, blockIndex: number, timeMs: number])[]
  readonly trees: readonly {
    readonly issuer: string
    readonly typeId: string
    readonly size: number
    readonly digest: string
    readonly roots: readonly RootJson[]
  }[]
}

const layout = 1
const digestLength = 64

/** A follower as bytes. */
export function encodeTreeState({ cursor, epochs, trees }: StoredTrees): TreeSnapshot {
  const state = canonicalJson({
    layout,
    cursor: cursor === undefined ? null : { ...cursor },
    epochs: epochs.map(({ epoch, blockIndex, timeMs }) => [epoch, blockIndex, timeMs]),
    trees: trees.map(tree => ({ ...tree.key, size: tree.tree.size, digest: nodesDigest(tree), roots: tree.roots.map(rootToJson) })),
  })
  const bytes = utf8ToBytes(state)
  return {
    state: concatBytes(utf8ToBytes(bytesToHex(sha256(bytes))), bytes),
    trees: trees.map(tree => ({ name: nodesName(tree.key, tree.roots.length), pieces: () => tree.tree.nodePieces() })),
  }
}

/** Reads {@link encodeTreeState}'s bytes. @throws ProofError `ERR_PROOF_TREE`: they are damaged, or of another layout */
export async function decodeTreeState(
  bytes: Uint8Array,
  readNodes: (name: string) => Promise<Uint8Array>,
  hasher: NodeHasher,
): Promise<StoredTrees> {
  const content = bytes.subarray(digestLength)
  if (!equalBytes(utf8ToBytes(bytesToHex(sha256(content))), bytes.subarray(0, digestLength))) throw damaged()
  // Its digest says that it is what was written here.
  const state = JSON.parse(bytesToUtf8(content)) as StateJson
  if (state.layout !== layout) throw damaged()
  const trees: FollowedTree[] = []
  for (const { issuer, typeId, size, digest, roots: rootsJson } of state.trees) {
    const key = { issuer: parseScriptHash(issuer), typeId }
    const roots = rootsJson.map(rootFromJson)
    const tree = treeOf(await readNodes(nodesName(key, roots.length)), size, hasher)
    const followed = new FollowedTree(key, hasher, { tree, roots })
    if (nodesDigest(followed) !== digest) throw damaged()
    trees.push(followed)
  }
  const epochs = state.epochs.map(([epoch, blockIndex, timeMs]) => ({ epoch, blockIndex, timeMs }))
  return { cursor: state.cursor ?? undefined, epochs, trees }
}

function treeOf(nodes: Uint8Array, size: number, hasher: NodeHasher): CredentialTree {
  const tree = new CredentialTree(hasher)
  let position = 0
  tree.loadNodes(size, byteCount => {
    const piece = nodes.subarray(position, position + byteCount)
    if (piece.length !== byteCount) throw damaged()
    position += byteCount
    return piece
  })
  if (position !== nodes.length) throw damaged()
  return tree
}

/** SHA-256 over the SHA-256 of each piece. */
function nodesDigest({ tree }: FollowedTree): string {
  return bytesToHex(sha256(concatBytes(...Array.from(tree.nodePieces(), sha256))))
}

function nodesName({ issuer, typeId }: FollowedTree['key'], rootCount: number): string {
  return `${issuer}-${bytesToHex(utf8ToBytes(typeId))}-${rootCount}`
}

function rootToJson({ rootIndex, size, root, timeMs, blockIndex, fault }: TreeRoot): RootJson {
  const plain = [rootIndex, size, bytesToHex(root), timeMs, blockIndex] as const
  return fault === undefined ? plain : [...plain, fault.reason, bytesToHex(fault.expected)]
}

function rootFromJson([rootIndex, size, root, timeMs, blockIndex, reason, expected]: RootJson): TreeRoot {
  const plain = { rootIndex, size, root: hexToBytes(root), timeMs, blockIndex }
  if (reason === undefined || expected === undefined) return plain
  return { ...plain, fault: { reason: reason as TreeFault['reason'], expected: hexToBytes(expected) } }
}

function damaged(): ProofError {
  return new ProofError('ERR_PROOF_TREE', 'snapshot: expected the bytes that were kept')
}
