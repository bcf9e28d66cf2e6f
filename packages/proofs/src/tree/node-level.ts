import { nodeSize } from './tree-shape.ts'

/** Nodes of one allocation: a bucket's leaves, when it is full. */
const nodesPerChunk = 4_096
const chunkSize = nodesPerChunk * nodeSize
const smallestChunk = 8 * nodeSize

/** The nodes of one level, side by side in chunks, so that growing copies next to nothing and the memory is that of the nodes. */
export class NodeLevel {
  readonly #chunks: Uint8Array[] = []
  #length = 0

  /** How many nodes there are. */
  get length(): number {
    return this.#length
  }

  /** The node itself, not a copy; undefined beyond the last one. */
  at(index: number): Uint8Array | undefined {
    if (index >= this.#length) return undefined
    const start = (index % nodesPerChunk) * nodeSize
    return this.#chunks[Math.floor(index / nodesPerChunk)]!.subarray(start, start + nodeSize)
  }

  /**
   * Copies nodes into `target` from its start on; those beyond the last one are `filler`.
   *
   * @param count - at most 4,096, and `first` a multiple of it that divides 4,096 without rest: never across two chunks
   */
  copy(first: number, count: number, target: Uint8Array, filler: Uint8Array): void {
    const present = Math.max(0, Math.min(count, this.#length - first))
    if (present > 0) {
      const start = (first % nodesPerChunk) * nodeSize
      target.set(this.#chunks[Math.floor(first / nodesPerChunk)]!.subarray(start, start + present * nodeSize))
    }
    for (let index = present; index < count; index++) target.set(filler, index * nodeSize)
  }

  /** Overwrites a node, or adds the next one. */
  set(index: number, node: Uint8Array): void {
    if (index > this.#length) throw new RangeError('node: expected no gap')
    const number = Math.floor(index / nodesPerChunk)
    const start = (index % nodesPerChunk) * nodeSize
    this.#chunkWith(number, start).set(node, start)
    if (index === this.#length) this.#length++
  }

  /** Pieces of bytes that together are the nodes; views of this level, to be read before it changes. */
  *pieces(): Generator<Uint8Array, void, undefined> {
    for (const [number, chunk] of this.#chunks.entries()) {
      yield chunk.subarray(0, Math.min(chunk.length, (this.#length - number * nodesPerChunk) * nodeSize))
    }
  }

  #chunkWith(number: number, start: number): Uint8Array {
    const chunk = this.#chunks[number]
    if (chunk !== undefined && start < chunk.length) return chunk
    const size = number > 0 ? chunkSize : Math.min(chunkSize, Math.max(smallestChunk, 2 * start))
    const grown = new Uint8Array(size)
    if (chunk !== undefined) grown.set(chunk)
    this.#chunks[number] = grown
    return grown
  }
}
