import { importSigner, type Signer } from '@hufu/keys'
import { type Account, type Header, multisigAccount, parseHeader, quorumOf, ScriptWriter, scriptHashToBytes } from '@hufu/ledger'
import { ByteWriter, bytesToBase64, bytesToHex, type Clock, concatBytes, hexToBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import type { WatchedNode } from './fleet.ts'

// For tests: validators that exist as answers to HTTP only, with a chain of headers that they really signed, each naming the one before it.

export const magic = 4_242
const startMs = 1_790_000_000_000

/** How a scripted node departs from an honest one. */
export interface Behaviour {
  readonly mode?: 'hangs' | 'refuses' | 'broken' | 'error500' | 'endless'
  /** Blocks it lacks, or, negative, claims beyond those there are. */
  readonly behind?: number
  readonly headers?: ReadonlyMap<number, Header>
  /** Hash it gives of a block, whatever its header says. */
  readonly hash?: (height: number) => string | undefined
  readonly stateRoot?: (height: number) => string | undefined
  readonly peers?: number
  readonly pooled?: number
  readonly persisted?: number
  readonly magic?: number
  /** What it answers instead of anything sensible. */
  readonly answer?: (method: string) => unknown
}

/** What may be wrong with a header. */
export interface HeaderChoice {
  readonly blockIndex: number
  readonly previousHash: string
  readonly timeMs: number
  readonly view?: number
  readonly stateRoot?: string
  readonly signatures?: number
  readonly magic?: number
  readonly signedBy?: Account
  /** Those who sign the next block. */
  readonly next?: Account
  readonly merkleRoot?: Uint8Array
}

/** A clock that stands still until it is moved. */
export class HandClock implements Clock {
  #nowMs: number

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  nowMs(): number {
    return this.#nowMs
  }

  advance(ms: number): void {
    this.#nowMs += ms
  }
}

export class ScriptedFleet {
  readonly nodes: readonly WatchedNode[]
  readonly behaviours: Behaviour[]
  readonly calls: string[] = []
  readonly #account: Account
  #headers: Header[] = []

  private constructor(account: Account, nodes: readonly WatchedNode[]) {
    this.#account = account
    this.nodes = nodes
    this.behaviours = nodes.map(() => ({}))
  }

  static async make(count: number): Promise<ScriptedFleet> {
    const signers: Signer[] = []
    for (let index = 0; index < count; index++) signers.push(await importSigner('P-256', sha256(utf8ToBytes(`validator ${index}`))))
    const account = accountOf(signers)
    // By key, as the network orders its validators: node i proposes as number i.
    const nodes = account.signers.map((signer, index) => ({
      name: `city-${index}`,
      rpcUrl: `http://node${index}/`,
      metricsUrl: `http://node${index}/metrics`,
      publicKey: bytesToHex(signer.publicKey.bytes),
    }))
    const fleet = new ScriptedFleet(account, nodes)
    fleet.#headers = [await fleet.header({ blockIndex: 0, previousHash: '00'.repeat(32), timeMs: startMs })]
    return fleet
  }

  get head(): Header {
    return this.#headers.at(-1)!
  }

  get headers(): readonly Header[] {
    return this.#headers
  }

  get nowMs(): number {
    return this.head.timeMs
  }

  /** Adds blocks, 2 s apart. @param view - view that each is made in */
  async grow(count: number, view = 0): Promise<void> {
    for (let added = 0; added < count; added++) {
      const { blockIndex, hash, timeMs } = this.head
      this.#headers.push(await this.header({ blockIndex: blockIndex + 1, previousHash: hash, timeMs: timeMs + 2_000, view }))
    }
  }

  /** Forgets the latest blocks, as if all had been killed before they were on disk. */
  lose(count: number): void {
    this.#headers = this.#headers.slice(0, -count)
  }

  /** Adds a header as it is. */
  push(header: Header): void {
    this.#headers.push(header)
  }

  async header(choice: HeaderChoice): Promise<Header> {
    const { blockIndex, previousHash, timeMs, view = 0, signedBy = this.#account } = choice
    const count = signedBy.publicKeys.length
    const hashable = new ByteWriter()
      .uint32(0)
      .bytes(hexToBytes(previousHash).reverse())
      .bytes(choice.merkleRoot ?? new Uint8Array(32))
      .uint64(BigInt(timeMs))
      .uint64(0n)
      .uint32(blockIndex)
      .uint8((((blockIndex - view) % count) + count) % count)
      .bytes(scriptHashToBytes((choice.next ?? this.#account).scriptHash))
      .bytes(hexToBytes(choice.stateRoot ?? rootAfter(blockIndex - 1)).reverse())
      .toBytes()
    const message = concatBytes(new ByteWriter().uint32(choice.magic ?? magic).toBytes(), sha256(hashable))
    const invocation = new ScriptWriter()
    for (const signer of signedBy.signers.slice(0, choice.signatures ?? signedBy.threshold)) invocation.bytes(await signer.sign(message))
    const witness = new ByteWriter().varUint(1).varBytes(invocation.toBytes()).varBytes(signedBy.verificationScript).toBytes()
    return parseHeader(concatBytes(hashable, witness))
  }

  /** Reaches the scripted nodes by URL. */
  readonly fetch: typeof globalThis.fetch = async (url, init) => {
    const { hostname, pathname } = new URL(String(url))
    const index = Number(hostname.slice('node'.length))
    const behaviour = this.behaviours[index]!
    if (behaviour.mode === 'refuses') throw new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } })
    if (behaviour.mode === 'hangs') return hang(init?.signal)
    if (behaviour.mode === 'error500') return new Response('trouble', { status: 500 })
    if (behaviour.mode === 'broken') return new Response('<html>')
    if (behaviour.mode === 'endless') return new Response(`[${'1,'.repeat(3_000_000)}1]`)
    if (pathname === '/metrics') return new Response(this.#metrics(behaviour))
    const requests = JSON.parse(init?.body as string) as Request | readonly Request[]
    const answers = [requests].flat().map(({ id, method, params }) => {
      this.calls.push(`${index} ${method}`)
      const result = behaviour.answer === undefined ? this.#answer(behaviour, method, params) : behaviour.answer(method)
      return result === undefined ? { id, jsonrpc: '2.0', error: { code: -101, message: 'unknown' } } : { id, jsonrpc: '2.0', result }
    })
    return new Response(JSON.stringify(Array.isArray(requests) ? answers : answers[0]))
  }

  #metrics({ persisted = this.head.blockIndex, pooled = 0 }: Behaviour): string {
    return `# HELP x\nneogo_persisted_height ${persisted}\nprocess_resident_memory_bytes 4.5e+07\nneogo_mempool_unsorted_tx ${pooled}\n`
  }

  #answer(behaviour: Behaviour, method: string, [first]: readonly unknown[]): unknown {
    const height = this.head.blockIndex - (behaviour.behind ?? 0)
    const asked = Number(first)
    const header = asked > height ? undefined : (behaviour.headers?.get(asked) ?? this.#headers[asked])
    switch (method) {
      case 'getblockcount':
        return height + 1
      case 'getconnectioncount':
        return behaviour.peers ?? this.nodes.length - 1
      case 'getblockhash':
        return prefixed(behaviour.hash?.(asked) ?? header?.hash)
      case 'getstateroot':
        return header === undefined ? undefined : { roothash: prefixed(behaviour.stateRoot?.(asked) ?? rootAfter(asked)) }
      case 'getblockheader':
        return header === undefined ? undefined : bytesToBase64(header.bytes)
      case 'getversion':
        return { useragent: '/NEO-GO:0.122.0/', protocol: { network: behaviour.magic ?? magic } }
      default:
        throw new Error(`unscripted method ${method}`)
    }
  }
}

interface Request {
  readonly id: number
  readonly method: string
  readonly params: readonly unknown[]
}

export function accountOf(signers: readonly Signer[]): Account {
  return multisigAccount(
    quorumOf(signers.length),
    signers.map(({ publicKey }) => publicKey),
    signers,
  )
}

export function rootAfter(blockIndex: number): string {
  return bytesToHex(sha256(utf8ToBytes(`state after ${blockIndex}`)))
}

function prefixed(hash: string | undefined): string | undefined {
  return hash === undefined ? undefined : `0x${hash}`
}

function hang(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
