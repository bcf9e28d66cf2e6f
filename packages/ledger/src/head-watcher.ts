import { delay } from './delay.ts'
import { type NodePool, parseBlockCount } from './node-pool.ts'

/** A block that a node has just added. */
export interface Head {
  readonly blockIndex: number
  /** Index in the pool of the node that has it. */
  readonly node: number
}

/** Settings of a {@link HeadWatcher}. */
export interface HeadWatcherOptions {
  readonly WebSocket: typeof globalThis.WebSocket
  /** Time between questions while no subscription stands. */
  readonly pollMs: number
  /** A subscription that is silent for this long counts as dead; more than the longest time between blocks. */
  readonly staleMs: number
}

type Listener = (head: Head) => void

const connectMs = 2_000
const subscribeId = 1

/**
 * Tells listeners of new blocks: by subscription to one node over WebSocket, on to the next node when it breaks, and by polling meanwhile.
 * Heads may come twice or out of order, and some may be missed: they are a reason to look, not a record. Works only while somebody listens.
 */
export class HeadWatcher {
  readonly #pool: NodePool
  readonly #options: HeadWatcherOptions
  readonly #listeners = new Set<Listener>()
  #stop: AbortController | undefined
  #latest: Head | undefined

  constructor(pool: NodePool, options: HeadWatcherOptions) {
    this.#pool = pool
    this.#options = options
  }

  /** @returns ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    const latest = this.#latest
    if (latest !== undefined) queueMicrotask(() => listener(latest))
    if (this.#stop === undefined) {
      this.#stop = new AbortController()
      void this.#watch(this.#stop.signal)
    }
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#stop?.abort()
      this.#stop = undefined
      this.#latest = undefined
    }
  }

  /** Never rejects. */
  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (const node of this.#pool.order) {
        const url = this.#pool.wsUrl(node)
        if (url !== undefined && !signal.aborted) await this.#subscription(node, url, signal)
        await this.#poll()
        await delay(this.#options.pollMs, signal)
        if (signal.aborted) return
      }
    }
  }

  /** @returns true if a node has told */
  async #poll(): Promise<boolean> {
    for (const node of this.#pool.order) {
      try {
        this.#tell({ blockIndex: (await this.#pool.callNode(node, 'getblockcount', [], parseBlockCount)) - 1, node })
        return true
      } catch {
        // The next node may know.
      }
    }
    return false
  }

  async #pollUntilTold(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !(await this.#poll())) await delay(this.#options.pollMs, signal)
  }

  /** Settles when the subscription has ended, for whatever reason. */
  #subscription(node: number, url: string, signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const socket = new this.#options.WebSocket(url)
      let timer = setTimeout(end, Math.min(connectMs, this.#options.staleMs))
      function end(): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', end)
        socket.close()
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
      socket.addEventListener('open', () =>
        socket.send(JSON.stringify({ jsonrpc: '2.0', id: subscribeId, method: 'subscribe', params: ['header_of_added_block'] })),
      )
      socket.addEventListener('error', end)
      socket.addEventListener('close', end)
      socket.addEventListener('message', event => {
        clearTimeout(timer)
        timer = setTimeout(end, this.#options.staleMs)
        const blockIndex = addedBlockIndex(event.data)
        if (blockIndex === 'look') void this.#pollUntilTold(signal)
        else if (blockIndex !== undefined) this.#tell({ blockIndex, node })
      })
    })
  }

  #tell(head: Head): void {
    this.#latest = head
    for (const listener of this.#listeners) listener(head)
  }
}

/** Index of the block that a message announces, `look` if there may be others (the subscription has just begun, or the node dropped some). */
function addedBlockIndex(message: unknown): number | 'look' | undefined {
  if (typeof message !== 'string') return undefined
  const { id, method, params } = parseObject(message) as { id?: unknown; method?: unknown; params?: unknown }
  if (id === subscribeId || method === 'event_missed') return 'look'
  const [header] = Array.isArray(params) ? params : []
  const index = (header as { index?: unknown } | undefined)?.index
  return method === 'header_of_added_block' && Number.isSafeInteger(index) ? (index as number) : undefined
}

function parseObject(text: string): object {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null ? json : {}
  } catch {
    return {}
  }
}
