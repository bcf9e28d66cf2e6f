import { readFileSync, writeFileSync } from 'node:fs'
import { parseHeader, scriptHashToBytes } from '@hufu/ledger'
import { ByteWriter, base64ToBytes, bytesToBase64, concatBytes, doubleSha256, hexToBytes, reverseBytes, sha256 } from '@hufu/primitives'
import type { TestNetwork } from '@hufu/testkit'

/**
 * Makes the blocks of a network of one validator, with its key, at whatever times are asked for: a year passes as fast as the node can take it in. The node
 * checks them as any other's; only its own consensus is off.
 */
export class BlockMaker {
  readonly #network: TestNetwork
  readonly #rpcUrl: string

  private constructor(network: TestNetwork) {
    this.#network = network
    this.#rpcUrl = network.descriptor.validators[0]!.rpcUrl
  }

  static async takeOver(network: TestNetwork): Promise<BlockMaker> {
    const [node] = network.nodes.files.nodes
    await network.nodes.stopNode(0)
    const config = readFileSync(node!.configFile, 'utf8')
    const silenced = config.replace(/("?Consensus"?:\s*\{?\s*"?Enabled"?:\s*)true/, '$1false')
    if (silenced === config) throw new Error('expected consensus to be on in the configuration')
    writeFileSync(node!.configFile, silenced)
    network.nodes.startNode(0)
    await network.nodes.ready()
    return new BlockMaker(network)
  }

  /** A block at a time, with every transaction that waits. */
  async make(timeMs: number): Promise<void> {
    const hashes = (await this.#call('getrawmempool', [])) as readonly string[]
    const transactions = await Promise.all(
      hashes.map(async hash => base64ToBytes((await this.#call('getrawtransaction', [hash])) as string)),
    )
    const index = ((await this.#call('getblockcount', [])) as number) - 1
    const previous = parseHeader(base64ToBytes((await this.#call('getblockheader', [index, false])) as string))
    const { roothash } = (await this.#call('getstateroot', [index])) as { roothash: string }
    const fields = new ByteWriter()
      .uint32(0)
      .bytes(reverseBytes(hexToBytes(previous.hash)))
      .bytes(merkleRoot(hashes.map(hash => reverseBytes(hexToBytes(hash.slice(2))))))
      .bytes(uint64(timeMs))
      .bytes(uint64(1))
      .uint32(index + 1)
      .uint8(0)
      .bytes(scriptHashToBytes(previous.nextConsensus))
      .bytes(reverseBytes(hexToBytes(roothash.slice(2))))
      .toBytes()
    const { magic } = this.#network.descriptor
    const signature = await this.#network.nodes.files.signers[0]!.sign(new ByteWriter().uint32(magic).bytes(sha256(fields)).toBytes())
    const block = new ByteWriter()
      .bytes(fields)
      .uint8(1)
      .varBytes(concatBytes(Uint8Array.of(0x0c, signature.length), signature))
      .varBytes(previous.verificationScript)
      .varUint(transactions.length)
    for (const transaction of transactions) block.bytes(transaction)
    await this.#call('submitblock', [bytesToBase64(block.toBytes())])
  }

  async #call(method: string, params: readonly unknown[]): Promise<unknown> {
    const response = await fetch(this.#rpcUrl, { method: 'POST', body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) })
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string; data?: string } }
    if (error !== undefined) throw new Error(`${method}: ${error.message} ${error.data ?? ''}`)
    return result
  }
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true)
  return bytes
}

function merkleRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return new Uint8Array(32)
  if (hashes.length === 1) return hashes[0]!
  const parents = Array.from({ length: Math.ceil(hashes.length / 2) }, (_, index) =>
    doubleSha256(concatBytes(hashes[2 * index]!, hashes[2 * index + 1] ?? hashes[2 * index]!)),
  )
  return merkleRoot(parents)
}
