import { setTimeout as sleep } from 'node:timers/promises'
import { askNode } from './drill-rpc.ts'

/** A block, as the first node that had it told. */
export interface SeenBlock {
  readonly index: number
  readonly hash: string
  /** When it was heard of, on this process's steady clock. */
  readonly atMs: number
  /** What the block itself says: milliseconds since 1970. */
  readonly timeMs: number
  /** Hashes of its transactions, big-endian hexadecimal. */
  readonly transactionHashes: readonly string[]
}

/** What a node announces. */
interface AnnouncedHeader {
  readonly index: number
  readonly hash: string
  readonly timestamp?: number
  readonly time?: number
}

interface WatchedNode {
  readonly rpcUrl: string
  readonly wsUrl: string
}

const reconnectMs = 150
const retryMs = 100
const pollMs = 20

/**
 * Hears of every block by a subscription to each node, and notes when the first of them had it: a block of dBFT is final, so that is the moment when its
 * transactions were. Two nodes that announce different blocks of one height are a fork.
 */
export class BlockWatch {
  readonly #nodes: readonly WatchedNode[]
  readonly #blocks = new Map<number, SeenBlock>()
  readonly #hashes = new Map<number, string>()
  readonly #included = new Map<string, SeenBlock>()
  readonly #sockets = new Set<WebSocket>()
  readonly #forked = new Set<number>()
  readonly #stop = new AbortController()
  #height = -1
  #replaced = 0
  #heardAtMs = Number.NEGATIVE_INFINITY

  constructor(nodes: readonly WatchedNode[]) {
    this.#nodes = nodes
    for (const node of nodes) void this.#watch(node)
  }

  /** Index of the latest block heard of; -1 before the first. */
  get height(): number {
    return this.#height
  }

  /** Heights of which two different blocks were announced. */
  get forkedHeights(): readonly number[] {
    return [...this.#forked]
  }

  /** Blocks that were announced, and then another one of their height in their stead: see {@link allWereKilled}. */
  get replaced(): number {
    return this.#replaced
  }

  /**
   * All nodes were killed at once: what no disk had is gone, though it was announced, and other blocks may come in its stead. Nothing that was acknowledged
   * is among it (docs/decisions/0002-durable-acknowledgement.md), and what is on two disks is compared at the end.
   */
  allWereKilled(): void {
    this.#hashes.clear()
  }

  /** Blocks heard of from one moment up to another, in order. */
  between(fromMs: number, toMs: number): readonly SeenBlock[] {
    return [...this.#blocks.values()].filter(({ atMs }) => atMs >= fromMs && atMs < toMs).sort((left, right) => left.index - right.index)
  }

  block(index: number): SeenBlock | undefined {
    return this.#blocks.get(index)
  }

  /** The block that a transaction is in, if one was heard of. */
  blockOf(transactionHash: string): SeenBlock | undefined {
    return this.#included.get(transactionHash)
  }

  /** Waits until the chain is at least so high. @returns the moment when it was heard of; undefined if not in time */
  async reached(index: number, timeoutMs: number): Promise<number | undefined> {
    const deadline = performance.now() + timeoutMs
    while (this.#height < index) {
      if (performance.now() > deadline) return undefined
      await sleep(pollMs)
    }
    return this.#blocks.get(index)?.atMs ?? performance.now()
  }

  /** Waits for a block that was not heard of before a moment. @returns when it was; infinite if not in time */
  async heardAfter(moment: number, timeoutMs: number): Promise<number> {
    const deadline = performance.now() + timeoutMs
    while (this.#heardAtMs < moment) {
      if (performance.now() > deadline) return Number.POSITIVE_INFINITY
      await sleep(pollMs)
    }
    return this.#firstAfter(moment)
  }

  close(): void {
    this.#stop.abort()
    for (const socket of this.#sockets) socket.close()
  }

  #firstAfter(moment: number): number {
    return Math.min(...[...this.#blocks.values()].map(({ atMs }) => atMs).filter(atMs => atMs >= moment), this.#heardAtMs)
  }

  async #watch(node: WatchedNode): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#subscription(node)
      await sleep(reconnectMs)
    }
  }

  /** Settles when the subscription has ended. */
  #subscription(node: WatchedNode): Promise<void> {
    return new Promise(resolve => {
      const socket = new WebSocket(node.wsUrl)
      this.#sockets.add(socket)
      const end = (): void => {
        this.#sockets.delete(socket)
        resolve()
      }
      socket.addEventListener('open', () =>
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'subscribe', params: ['header_of_added_block'] })),
      )
      socket.addEventListener('error', end)
      socket.addEventListener('close', end)
      socket.addEventListener('message', event => {
        const atMs = performance.now()
        const { method, params } = JSON.parse(String(event.data)) as { method?: string; params?: readonly AnnouncedHeader[] }
        const header = params?.[0]
        if (method === 'header_of_added_block' && header !== undefined) this.#hear(header, atMs, node)
      })
    })
  }

  #hear({ index, hash }: AnnouncedHeader, atMs: number, node: WatchedNode): void {
    const before = this.#hashes.get(index)
    if (before !== undefined) {
      if (before !== hash) this.#forked.add(index)
      return
    }
    this.#hashes.set(index, hash)
    this.#heardAtMs = atMs
    this.#height = Math.max(this.#height, index)
    void this.#read(index, atMs, node)
  }

  /** Reads what is in a block, from the node that told of it or, should that be gone, another. */
  async #read(index: number, atMs: number, teller: WatchedNode): Promise<void> {
    for (let attempt = 0; !this.#stop.signal.aborted; attempt++) {
      const node = attempt === 0 ? teller : this.#nodes[attempt % this.#nodes.length]!
      const [block] = await askNode(node.rpcUrl, [['getblock', index, 1]]).catch(() => [undefined])
      if (block !== undefined) return this.#keep(index, atMs, block as { hash: string; time: number; tx?: readonly { hash: string }[] })
      await sleep(retryMs)
    }
  }

  #keep(index: number, atMs: number, { hash, time, tx = [] }: { hash: string; time: number; tx?: readonly { hash: string }[] }): void {
    const block = { index, hash, atMs, timeMs: time, transactionHashes: tx.map(each => each.hash.replace(/^0x/, '')) }
    const before = this.#blocks.get(index)
    if (before !== undefined && before.hash !== hash) {
      this.#replaced++
      for (const each of before.transactionHashes) this.#included.delete(each)
    }
    this.#blocks.set(index, block)
    for (const each of block.transactionHashes) this.#included.set(each, block)
  }
}
