import type { ScalarEngine } from '../field/scalar-engine.ts'
import { domains } from '../poseidon/domains.ts'
import { childrenSize, nodeSize, treeArity, treeDepth } from './tree-shape.ts'

/** Hashes nodes of credential trees. */
export interface NodeHasher {
  /**
   * @param children - eight children of 32 bytes for each node
   * @returns the nodes, 32 bytes each
   */
  hashNodes(children: Uint8Array): Uint8Array
}

/** Hashes nodes by a scalar engine. */
export function createNodeHasher(engine: Pick<ScalarEngine, 'poseidonBatch'>): NodeHasher {
  return { hashNodes: children => engine.poseidonBatch(domains.node, treeArity, children) }
}

const known = new WeakMap<NodeHasher, readonly Uint8Array[]>()

/** The node of an empty subtree, for each level from the leaves to the root. */
export function emptyNodes(hasher: NodeHasher): readonly Uint8Array[] {
  let nodes = known.get(hasher)
  if (nodes === undefined) {
    nodes = makeEmptyNodes(hasher)
    known.set(hasher, nodes)
  }
  return nodes
}

function makeEmptyNodes(hasher: NodeHasher): readonly Uint8Array[] {
  const nodes: Uint8Array[] = [new Uint8Array(nodeSize)]
  for (let level = 0; level < treeDepth; level++) {
    const children = new Uint8Array(childrenSize)
    for (let child = 0; child < treeArity; child++) children.set(nodes[level]!, child * nodeSize)
    nodes.push(hasher.hashNodes(children))
  }
  return nodes
}
