import { type Header, LedgerError, LightClient, parseHeader, type TrustAnchor } from '@hufu/ledger'
import { base64ToBytes, errorCode } from '@hufu/primitives'

/** What comes of holding a node to its word about a block. */
export type Verdict =
  | { readonly kind: 'true'; readonly header: Header }
  /** What it shows as the header is signed by no quorum of the validators. */
  | { readonly kind: 'false' }
  /** It says that it has no such block, although it claimed to. Once, that may be a restart in between. */
  | { readonly kind: 'refused' }
  /** It did not answer, or not in time. */
  | { readonly kind: 'silent' }

/** Where a node is asked for headers. */
export interface HeaderSource {
  readonly rpcUrl: string
}

export interface VerifiedHeadersOptions {
  /** Without it nothing is verified: nodes are believed. */
  readonly trustAnchor: TrustAnchor | undefined
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
  /** Blocks kept in memory. */
  readonly maxBlocks: number
}

const maxBlocksAtOnce = 100

/** The chain's latest headers, each signed by a quorum of the validators or named by one that is. */
export class VerifiedHeaders {
  readonly #options: VerifiedHeadersOptions
  /** Where trust starts, and the blocks behind it whose successors other validators sign: the latest last. */
  #anchors: readonly TrustAnchor[]
  readonly #headers = new Map<number, Header>()
  #head: Header | null = null

  constructor(options: VerifiedHeadersOptions) {
    this.#options = options
    this.#anchors = options.trustAnchor === undefined ? [] : [options.trustAnchor]
  }

  get head(): Header | null {
    return this.#head
  }

  /** Header of a block; undefined if it is not among the latest. */
  at(height: number): Header | undefined {
    return this.#headers.get(height)
  }

  /** Those made since a moment, by their own time, the latest first. */
  since(timeMs: number): readonly Header[] {
    const found: Header[] = []
    for (let height = this.#head?.blockIndex ?? -1; ; height--) {
      const header = this.#headers.get(height)
      if (header === undefined || header.timeMs < timeMs) return found
      found.push(header)
    }
  }

  /** Asks a node for the header of a block, and checks it up to the trust anchor. Never throws. */
  async verify(node: HeaderSource, height: number): Promise<Verdict> {
    const { timeoutMs } = this.#options
    const late = Promise.withResolvers<Verdict>()
    const timer = setTimeout(() => late.resolve({ kind: 'silent' }), timeoutMs)
    try {
      // A line of headers takes several questions: all together they have the time of one.
      return await Promise.race([this.#ask(node, height), late.promise])
    } finally {
      clearTimeout(timer)
    }
  }

  async #ask(node: HeaderSource, height: number): Promise<Verdict> {
    const { fetch, timeoutMs } = this.#options
    const trustAnchor = this.#anchors.findLast(({ blockIndex }) => blockIndex < height)
    try {
      // The first block's header is part of the network's configuration, and carries no signatures.
      if (trustAnchor === undefined) {
        const [header] = await this.#fetchHeaders(node, height, height)
        return header === undefined ? { kind: 'refused' } : { kind: 'true', header }
      }
      // A client of its own for each question: one that remembers would not see a node change its word.
      const network = { magic: trustAnchor.magic, validators: [] }
      const client = new LightClient({ network, trustAnchor, nodeUrls: [node.rpcUrl], fetch, rpcTimeoutMs: timeoutMs })
      return { kind: 'true', header: await client.verifiedHeader(height) }
    } catch (error) {
      const code = errorCode(error)
      if (code === 'ERR_LEDGER_PROOF') return { kind: 'false' }
      return { kind: code === 'ERR_LEDGER_NODE' ? 'refused' : 'silent' }
    }
  }

  /**
   * Takes a verified header as the new head, with those before it that are not known: they need no check of their own, as each names the hash of the
   * one before it.
   *
   * @returns lowest block in whose place another one was known; undefined if none was. Blocks that were on no quorum's disks can be lost when all
   *   validators are killed, and others come in their place
   */
  async advance(node: HeaderSource, head: Header): Promise<number | undefined> {
    const before = this.#head?.blockIndex ?? -1
    let replaced = this.#put(head)
    this.#head = head
    let next = head
    let left = maxBlocksAtOnce
    // Down to a block that is known, or as far back as is of interest.
    while (left > 0 && next.blockIndex > 0 && this.#headers.get(next.blockIndex - 1)?.hash !== next.previousHash) {
      const from = Math.max(0, next.blockIndex - left, next.blockIndex <= before + 1 ? next.blockIndex - 10 : before + 1)
      const fetched = await this.#fetchHeaders(node, from, next.blockIndex - 1).catch(() => [])
      if (fetched.at(-1)?.hash !== next.previousHash) break
      for (const header of fetched.reverse()) {
        if (header.hash !== next.previousHash) break
        replaced = this.#put(header) ?? replaced
        next = header
        left--
      }
    }
    for (const height of this.#headers.keys()) {
      if (height <= head.blockIndex - this.#options.maxBlocks || height > head.blockIndex) this.#headers.delete(height)
    }
    this.#anchor(head, replaced)
    return replaced
  }

  /** Starts from the head where other validators sign on, so that their change need not be looked for again. */
  #anchor({ blockIndex, nextConsensus }: Header, replaced = blockIndex): void {
    const [first, ...others] = this.#anchors
    if (first === undefined) return
    const kept = [first, ...others.filter(anchor => anchor.blockIndex < replaced)]
    const isChanged = kept.at(-1)!.nextConsensus !== nextConsensus && blockIndex > kept.at(-1)!.blockIndex
    this.#anchors = isChanged ? [...kept, { magic: first.magic, blockIndex, nextConsensus }] : kept
  }

  #put(header: Header): number | undefined {
    const before = this.#headers.get(header.blockIndex)
    this.#headers.set(header.blockIndex, header)
    return before === undefined || before.hash === header.hash ? undefined : header.blockIndex
  }

  /** Unverified, in order; fewer if the node has no more. @throws LedgerError: no answer, or nonsense; EncodingError */
  async #fetchHeaders({ rpcUrl }: HeaderSource, from: number, to: number): Promise<Header[]> {
    const { fetch, timeoutMs } = this.#options
    const calls = Array.from({ length: to - from + 1 }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'getblockheader',
      params: [from + id, false],
    }))
    const response = await fetch(rpcUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(calls),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const answers = (await response.json()) as readonly { id: number; result?: unknown }[]
    const headers = answers
      .filter(({ result }) => typeof result === 'string')
      .toSorted((left, right) => left.id - right.id)
      .map(({ result }) => parseHeader(base64ToBytes(result as string)))
    if (headers.some((header, index) => header.blockIndex !== from + index))
      throw new LedgerError('ERR_LEDGER_ANSWER', 'expected the headers of the blocks asked for')
    return headers
  }
}
