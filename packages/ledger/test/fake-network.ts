import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ByteReader, base64ToBytes, bytesToBase64, bytesToHex, reverseBytes, sha256 } from '@hufu/primitives'
import { parseHeader } from '../src/light/header.ts'
import type { ScriptHash } from '../src/script-hash.ts'
import { bareHeader } from './bare-header.ts'

/** A transaction as it ended in a block of a {@link FakeChain}. */
export interface FakeTransaction {
  readonly hash: string
  readonly halted?: boolean
  readonly exception?: string
  readonly stack?: readonly unknown[]
  readonly notifications?: readonly { contract: ScriptHash; name: string; items: readonly unknown[] }[]
}

interface FakeBlock {
  readonly header: Uint8Array
  readonly hash: string
  readonly transactions: readonly FakeTransaction[]
}

/** Blocks without signatures, linked as real ones are. */
export class FakeChain {
  readonly blocks: FakeBlock[] = []
  readonly magic: number

  constructor(magic = 5, seed = 0) {
    this.magic = magic
    this.addBlock([], seed)
  }

  get height(): number {
    return this.blocks.length - 1
  }

  addBlock(transactions: readonly FakeTransaction[] = [], seed = 0): FakeBlock {
    const index = this.blocks.length
    const header = bareHeader({
      ...{ index, previousHash: this.blocks.at(-1)?.hash, timeMs: 1_000_000 + index * 1_000 },
      ...{ nonce: seed, isEmpty: transactions.length === 0 },
    })
    const block = { header, hash: parseHeader(header).hash, transactions }
    this.blocks.push(block)
    return block
  }

  addBlocks(count: number): void {
    for (let added = 0; added < count; added++) this.addBlock()
  }
}

/** How a fake node answers HTTP requests, if not properly. */
export type Mischief = 'hang' | 'garbage' | 'status 500' | 'endless' | 'wrong id' | 'close'

class RpcFault extends Error {
  readonly rpcCode: number

  constructor(rpcCode: number, message: string) {
    super(message)
    this.rpcCode = rpcCode
  }
}

/** A node over loopback HTTP and WebSocket that tells of a {@link FakeChain}, as truly or falsely as a test wants. */
export class FakeNode {
  readonly chain: FakeChain
  mischief: Mischief | undefined
  /** Blocks of the chain that it does not have yet. */
  lag = 0
  /** Blocks that it has, but not on disk. */
  unpersisted = 0
  /** Transactions sent to it, in base64. */
  readonly received: string[] = []
  /** Methods called on it. */
  readonly calls: string[] = []
  requests = 0
  /** Error codes with which it refuses methods. */
  readonly refuses = new Map<string, number>()
  /** Answers in place of its own. */
  readonly answers = new Map<string, (params: readonly unknown[]) => unknown>()
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  #subscribers: Socket[] = []

  private constructor(chain: FakeChain) {
    this.chain = chain
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => response.destroy())
    })
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket) => this.#upgrade(request, socket))
  }

  static async start(chain: FakeChain): Promise<FakeNode> {
    const node = new FakeNode(chain)
    await new Promise<void>(resolve => node.#server.listen(0, '127.0.0.1', resolve))
    return node
  }

  get rpcUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  get wsUrl(): string {
    return `${this.rpcUrl.replace('http', 'ws')}ws`
  }

  get metricsUrl(): string {
    return `${this.rpcUrl}metrics`
  }

  get height(): number {
    return this.chain.height - this.lag
  }

  get subscribers(): number {
    return this.#subscribers.length
  }

  /** Tells subscribers of the latest block. */
  announce(): void {
    this.#tell({ jsonrpc: '2.0', method: 'header_of_added_block', params: [{ index: this.height }] })
  }

  dropSubscribers(): void {
    for (const socket of this.#subscribers) socket.destroy()
    this.#subscribers = []
  }

  async stop(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests++
    let body = ''
    for await (const part of request) body += String(part)
    if (this.mischief === 'hang') return
    if (this.mischief === 'close') response.destroy()
    else if (this.mischief === 'garbage') response.end('<html>')
    else if (this.mischief === 'status 500') response.writeHead(500).end('{}')
    else if (this.mischief === 'endless') writeForEver(response)
    else if (request.url === '/metrics')
      response.end(`# TYPE neogo_persisted_height gauge\nneogo_persisted_height ${exponential(this.height - this.unpersisted)}\n`)
    else {
      const calls: unknown = JSON.parse(body)
      response.end(JSON.stringify(Array.isArray(calls) ? calls.map(call => this.#answer(call)) : this.#answer(calls)))
    }
  }

  #answer(call: unknown): unknown {
    const { id, method, params } = call as { id: number; method: string; params: readonly unknown[] }
    this.calls.push(method)
    const head = { jsonrpc: '2.0', id: this.mischief === 'wrong id' ? id + 1 : id }
    try {
      const refusal = this.refuses.get(method)
      if (refusal !== undefined) throw new RpcFault(refusal, 'refused')
      return { ...head, result: (this.answers.get(method) ?? (all => this.#result(method, all)))(params) }
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error
      return { ...head, error: { code: error.rpcCode, message: error.message } }
    }
  }

  #result(method: string, [first]: readonly unknown[]): unknown {
    switch (method) {
      case 'getversion':
        return { protocol: { network: this.chain.magic } }
      case 'getblockcount':
        return this.height + 1
      case 'getblockheader':
        return bytesToBase64(this.#block(first as number).header)
      case 'getblocknotifications':
        return notificationsOf(this.chain.blocks.find(block => `0x${block.hash}` === first)!)
      case 'gettransactionheight':
        return this.#find(first as string, -103).blockIndex
      case 'getapplicationlog':
        return applicationLog(this.#find(first as string, -105).transaction)
      case 'invokescript':
        return { state: 'HALT', gasconsumed: '1000', stack: [] }
      case 'sendrawtransaction':
        if (this.#has(hashOf(first as string))) throw new RpcFault(-501, 'Inventory already exists on chain')
        if (this.received.includes(first as string)) throw new RpcFault(-503, 'Transaction already exists in the memory pool')
        this.received.push(first as string)
        return { hash: `0x${hashOf(first as string)}` }
      default:
        throw new RpcFault(-32601, 'Method not found')
    }
  }

  #block(index: number): FakeBlock {
    if (index > this.height) throw new RpcFault(-109, 'Unknown height')
    return this.chain.blocks[index]!
  }

  #has(hash: string): boolean {
    return this.chain.blocks.slice(0, this.height + 1).some(block => block.transactions.some(each => each.hash === hash))
  }

  #find(hash: string, unknownCode: number): { blockIndex: number; transaction: FakeTransaction } {
    for (let blockIndex = 0; blockIndex <= this.height; blockIndex++) {
      const transaction = this.chain.blocks[blockIndex]!.transactions.find(each => `0x${each.hash}` === hash)
      if (transaction !== undefined) return { blockIndex, transaction }
    }
    throw new RpcFault(unknownCode, 'Unknown')
  }

  /** RFC 6455 handshake; every text from the client counts as a subscription. */
  #upgrade(request: IncomingMessage, socket: Socket): void {
    if (this.mischief === 'hang') return
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
    socket.on('data', (frame: Buffer) => {
      const opcode = frame[0]! & 0x0f
      if (opcode === 8) socket.end()
      if (opcode !== 1) return
      this.#subscribers.push(socket)
      this.#tell({ jsonrpc: '2.0', id: 1, result: '0' })
    })
    socket.on('close', () => {
      this.#subscribers = this.#subscribers.filter(each => each !== socket)
    })
  }

  #tell(message: unknown): void {
    const text = Buffer.from(JSON.stringify(message))
    const head = text.length < 126 ? Buffer.from([0x81, text.length]) : Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff])
    for (const socket of this.#subscribers) socket.write(Buffer.concat([head, text]))
  }
}

/** Hash of a signed transaction, as nodes would name it. */
export function hashOf(transaction: string): string {
  const bytes = base64ToBytes(transaction)
  const reader = new ByteReader(bytes)
  reader.bytes(25)
  for (let signers = reader.varUint(16); signers > 0; signers--) {
    reader.bytes(20)
    if ((reader.uint8() & 0x10) !== 0) reader.bytes(reader.varUint(16) * 20)
  }
  reader.varUint(0)
  reader.varBytes(0xffff)
  return bytesToHex(reverseBytes(sha256(bytes.subarray(0, bytes.length - reader.remaining))))
}

function notificationsOf(block: FakeBlock): unknown {
  const application = block.transactions.flatMap(({ hash, halted = true, notifications = [] }) =>
    halted ? notifications.map(event => ({ container: `0x${hash}`, ...eventJson(event) })) : [],
  )
  return application.length === 0 ? {} : { application }
}

function applicationLog({ halted = true, exception = '', stack = [], notifications = [] }: FakeTransaction): unknown {
  const vmstate = halted ? 'HALT' : 'FAULT'
  return {
    executions: [{ trigger: 'Application', vmstate, gasconsumed: '1', exception, stack, notifications: notifications.map(eventJson) }],
  }
}

function eventJson({ contract, name, items }: { contract: ScriptHash; name: string; items: readonly unknown[] }): object {
  return { contract: `0x${contract}`, eventname: name, state: { type: 'Array', value: items } }
}

/** Large gauges come in this form. */
function exponential(value: number): string {
  return value < 1_000 ? String(value) : value.toExponential()
}

function writeForEver(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'.repeat(65_536)), 1)
  response.on('close', () => clearInterval(timer))
}
