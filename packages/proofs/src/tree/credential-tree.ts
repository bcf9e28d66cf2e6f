import { ProofError } from '../errors.ts'
import { isScalar } from '../field/is-scalar.ts'
import { emptyNodes, type NodeHasher } from './node-hasher.ts'
import { NodeLevel } from './node-level.ts'
import type { LevelChange, TreeChange, TreeUndo } from './tree-change.ts'
import { bucketOf, pathOf, type TreeBucket, type TreeNodes, type TreePath } from './tree-nodes.ts'
import { childrenSize, levelWidth, maxTreeSize, nodeSize, treeArity, treeDepth } from './tree-shape.ts'

/** Nodes hashed in one go while many are: their children take 1 MiB. */
const nodesAtOnce = 4_096

/**
 * The tree of one issuer's credentials of one type, of arity 8 and depth 11 (docs/zk.md). It only grows; leaves may be overwritten. A change costs the nodes
 * above the leaves that it writes, and no others. It takes 37 bytes of memory a leaf.
 */
export class CredentialTree implements TreeNodes {
  readonly #hasher: NodeHasher
  readonly #empty: readonly Uint8Array[]
  readonly #levels: readonly NodeLevel[]
  #size = 0
  #version = 0

  constructor(hasher: NodeHasher) {
    this.#hasher = hasher
    this.#empty = emptyNodes(hasher)
    this.#levels = Array.from({ length: treeDepth + 1 }, () => new NodeLevel())
  }

  get size(): number {
    return this.#size
  }

  /** 32 bytes, little-endian; a copy. */
  get root(): Uint8Array {
    return (this.#levels[treeDepth]!.at(0) ?? this.#empty[treeDepth]!).slice()
  }

  /** A leaf, 32 bytes, little-endian; a copy. @throws ProofError `ERR_PROOF_TREE`: no such leaf */
  leaf(index: number): Uint8Array {
    if (!isIndex(index) || index >= this.#size) throw new ProofError('ERR_PROOF_TREE', 'index: expected a leaf of the tree')
    return this.#levels[0]!.at(index)!.slice()
  }

  /** Path of a leaf. @throws ProofError `ERR_PROOF_TREE`: no such leaf */
  path(index: number): TreePath {
    return pathOf(this, index)
  }

  /** A bucket that has leaves. @throws ProofError `ERR_PROOF_TREE`: no such bucket */
  bucketAt(bucketIndex: number): TreeBucket {
    return bucketOf(this, bucketIndex)
  }

  copyNodes(level: number, first: number, count: number, target: Uint8Array): void {
    this.#levels[level]!.copy(first, count, target, this.#empty[level]!)
  }

  /** Adds leaves at the end, 32 bytes each. Errors as {@link stageAppend}. */
  append(leaves: Uint8Array): TreeUndo {
    return this.apply(this.stageAppend(leaves))
  }

  /** Overwrites leaves: with 0 to revoke or suspend, with what it was to reinstate. Errors as {@link stageWrite}. */
  setLeaves(indices: readonly number[], leaves: Uint8Array): TreeUndo {
    return this.apply(this.stageSet(indices, leaves))
  }

  /**
   * Works out what adding leaves makes of the tree.
   *
   * @throws ProofError `ERR_PROOF_SCALAR`: a leaf is not whole or not below the group's order; `ERR_PROOF_TREE_FULL`: 2³² leaves are the most
   */
  stageAppend(leaves: Uint8Array): TreeChange {
    return this.stageWrite(
      Array.from({ length: leaves.length / nodeSize }, (_, index) => this.#size + index),
      leaves,
    )
  }

  /** Works out what overwriting leaves makes of the tree. Errors as {@link stageWrite}, and `ERR_PROOF_TREE` for a leaf that is not there yet. */
  stageSet(indices: readonly number[], leaves: Uint8Array): TreeChange {
    if (indices.some(index => index >= this.#size)) throw new ProofError('ERR_PROOF_TREE', 'indices: expected leaves of the tree')
    return this.stageWrite(indices, leaves)
  }

  /**
   * Works out what writing leaves makes of the tree, some of them perhaps new. Of an index that stands twice, the later leaf counts.
   *
   * @param leaves - 32 bytes for each index
   * @throws ProofError `ERR_PROOF_TREE`: an index would leave a gap; otherwise as {@link stageAppend}
   */
  stageWrite(indices: readonly number[], leaves: Uint8Array): TreeChange {
    if (leaves.length !== indices.length * nodeSize) throw new ProofError('ERR_PROOF_SCALAR', 'leaves: expected 32 bytes for each index')
    for (let start = 0; start < leaves.length; start += nodeSize) {
      if (!isScalar(leaves, start)) throw new ProofError('ERR_PROOF_SCALAR', 'leaf: expected a value below the order of the group')
    }
    let change = ascending(indices, leaves)
    const size = this.#sizeWith(change.indices)
    const levels = [change]
    for (let level = 0; level < treeDepth; level++) {
      change = this.#parentsOf(change, level)
      levels.push(change)
    }
    return { size, root: change.indices.length === 0 ? this.root : change.nodes, levels, version: this.#version }
  }

  /** Does what was worked out. @throws ProofError `ERR_PROOF_TREE`: the tree has changed since */
  apply({ size, levels, version }: TreeChange): TreeUndo {
    if (version !== this.#version) throw new ProofError('ERR_PROOF_TREE', 'change: expected one of the tree as it is now')
    const undo = { size: this.#size, levels: levels.map((change, level) => this.#overwrite(level, change)) }
    this.#size = size
    this.#version++
    return undo
  }

  /** All nodes, level by level from the leaves up, in pieces: what {@link loadNodes} takes. To be read before the tree changes. */
  *nodePieces(): Generator<Uint8Array, void, undefined> {
    for (const level of this.#levels) yield* level.pieces()
  }

  /**
   * Fills a new tree from another's nodes without hashing; they are taken as they are.
   *
   * @param read - gives the next bytes, as many as asked for
   * @throws ProofError `ERR_PROOF_TREE`: not new, or no possible size
   */
  loadNodes(size: number, read: (byteCount: number) => Uint8Array): void {
    if (this.#version !== 0 || !isIndex(size) || size > maxTreeSize)
      throw new ProofError('ERR_PROOF_TREE', 'nodes: expected a new tree and a size')
    for (const [number, level] of this.#levels.entries()) {
      const width = levelWidth(size, number)
      for (let first = 0; first < width; first += nodesAtOnce) {
        const count = Math.min(nodesAtOnce, width - first)
        const nodes = read(count * nodeSize)
        for (let index = 0; index < count; index++) level.set(first + index, nodes.subarray(index * nodeSize, (index + 1) * nodeSize))
      }
    }
    this.#size = size
    this.#version++
  }

  /** Leaves after a write. What is new must follow without a gap. */
  #sizeWith(indices: ArrayLike<number>): number {
    let size = this.#size
    for (let position = 0; position < indices.length; position++) {
      const index = indices[position]!
      if (index === size) size++
      else if (!isIndex(index) || index > size) throw new ProofError('ERR_PROOF_TREE', 'indices: expected no gap')
    }
    if (size > maxTreeSize) throw new ProofError('ERR_PROOF_TREE_FULL', 'tree: expected at most 2^32 leaves')
    return size
  }

  #parentsOf({ indices, nodes }: LevelChange, level: number): LevelChange {
    const parents = parentIndices(indices)
    const hashed = new Uint8Array(parents.length * nodeSize)
    const children = new Uint8Array(Math.min(nodesAtOnce, parents.length) * childrenSize)
    let position = 0
    for (let first = 0; first < parents.length; first += nodesAtOnce) {
      const count = Math.min(nodesAtOnce, parents.length - first)
      for (let offset = 0; offset < count; offset++) {
        const firstChild = parents[first + offset]! * treeArity
        this.copyNodes(level, firstChild, treeArity, children.subarray(offset * childrenSize))
        for (; position < indices.length && indices[position]! < firstChild + treeArity; position++) {
          const node = nodes.subarray(position * nodeSize, (position + 1) * nodeSize)
          children.set(node, offset * childrenSize + (indices[position]! - firstChild) * nodeSize)
        }
      }
      hashed.set(this.#hasher.hashNodes(children.subarray(0, count * childrenSize)), first * nodeSize)
    }
    return { indices: parents, nodes: hashed }
  }

  #overwrite(number: number, { indices, nodes }: LevelChange): ReadonlyMap<number, Uint8Array> {
    const level = this.#levels[number]!
    const before = new Map<number, Uint8Array>()
    for (let position = 0; position < indices.length; position++) {
      const index = indices[position]!
      const old = level.at(index)
      if (old !== undefined) before.set(index, old.slice())
      level.set(index, nodes.subarray(position * nodeSize, (position + 1) * nodeSize))
    }
    return before
  }
}

function isIndex(value: number): boolean {
  return Number.isInteger(value) && value >= 0
}

/** Copies of indices and leaves in ascending order, each index once, with its last leaf. */
function ascending(indices: readonly number[], leaves: Uint8Array): LevelChange {
  if (indices.every((index, position) => position === 0 || indices[position - 1]! < index)) return { indices, nodes: leaves.slice() }
  const lastOf = new Map(indices.map((index, position) => [index, position]))
  const sorted = [...lastOf.keys()].sort((left, right) => left - right)
  const nodes = new Uint8Array(sorted.length * nodeSize)
  for (const [position, index] of sorted.entries()) {
    const start = lastOf.get(index)! * nodeSize
    nodes.set(leaves.subarray(start, start + nodeSize), position * nodeSize)
  }
  return { indices: sorted, nodes }
}

function parentIndices(indices: ArrayLike<number>): readonly number[] {
  const parents: number[] = []
  for (let position = 0; position < indices.length; position++) {
    const parent = Math.floor(indices[position]! / treeArity)
    if (parent !== parents.at(-1)) parents.push(parent)
  }
  return parents
}
