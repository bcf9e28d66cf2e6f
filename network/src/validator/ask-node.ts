import { type Header, parseHeader } from '@hufu/ledger'
import { base64ToBytes } from '@hufu/primitives'

/** How to ask one node. */
export interface AskOptions {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
}

/** What a node says of itself. */
export interface NodeVersion {
  readonly magic: number
  readonly userAgent: string
  /** Another one each time that it starts. */
  readonly nonce: number
}

/** One node's RPC: nobody else's word is mixed in, and nothing in an answer is trusted but its form. Every call rejects if it gives none in time. */
export class AskNode {
  readonly #url: string
  readonly #options: AskOptions

  constructor(url: string, options: AskOptions) {
    this.#url = url
    this.#options = options
  }

  async version(): Promise<NodeVersion> {
    const { useragent, nonce, protocol } = (await this.#call('getversion', [])) as {
      useragent: string
      nonce: number
      protocol: { network: number }
    }
    return { magic: protocol.network, userAgent: String(useragent), nonce: Number(nonce) }
  }

  /** Index of the latest block. */
  async height(): Promise<number> {
    const count = await this.#call('getblockcount', [])
    if (!Number.isSafeInteger(count) || (count as number) < 1) throw new TypeError('expected a number of blocks')
    return (count as number) - 1
  }

  /** A header, its hash computed here. */
  async header(blockIndex: number): Promise<Header> {
    const header = parseHeader(base64ToBytes(String(await this.#call('getblockheader', [blockIndex, false]))))
    if (header.blockIndex !== blockIndex) throw new TypeError('expected the header asked for')
    return header
  }

  /** Root of the state after a block, hexadecimal, big-endian. */
  async stateRoot(blockIndex: number): Promise<string> {
    const { roothash } = (await this.#call('getstateroot', [blockIndex])) as { roothash: string }
    return String(roothash).replace(/^0x/, '')
  }

  /** Keys of the validators of the next block, compressed, hexadecimal. */
  async nextValidators(): Promise<readonly string[]> {
    const list = (await this.#call('getnextblockvalidators', [])) as { publickey: string }[]
    return list.map(each => String(each.publickey))
  }

  async #call(method: string, params: readonly unknown[]): Promise<unknown> {
    const { fetch, timeoutMs } = this.#options
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const { result } = (await response.json()) as { result?: unknown }
    if (result === undefined || result === null) throw new TypeError('expected a result')
    return result
  }
}
