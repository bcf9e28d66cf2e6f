import { bytesToBase64, compareBytes, equalBytes } from '@hufu/primitives'
import { LedgerError, NodeError } from '../errors.ts'
import { parseBlockCount } from '../node-pool.ts'
import { parseBase64Answer } from '../parse-base64-answer.ts'
import type { RpcNode } from '../rpc-node.ts'
import type { ScriptHash } from '../script-hash.ts'
import { type Header, parseHeader } from './header.ts'

const unknownStorageItem = -104
const keysPerAnswer = 100
const maxKeys = 100_000

/** What a light client asks a node. Answers are parsed, and nothing is verified. All throw LedgerError. */
export class LightNode {
  readonly #rpc: Pick<RpcNode, 'call'>

  constructor(rpc: Pick<RpcNode, 'call'>) {
    this.#rpc = rpc
  }

  async blockCount(): Promise<number> {
    return parseBlockCount(await this.#rpc.call('getblockcount', []))
  }

  /** @throws LedgerError `ERR_LEDGER_PROOF`: it is not a header, or of another block */
  async header(blockIndex: number): Promise<Header> {
    const header = parseHeader(parseBase64Answer(await this.#rpc.call('getblockheader', [blockIndex, false])))
    if (header.blockIndex !== blockIndex) throw new LedgerError('ERR_LEDGER_PROOF', 'node gave the header of another block')
    return header
  }

  /** @throws LedgerError `ERR_LEDGER_ABSENT`: the node says that there is no such entry */
  async storageProof(stateRoot: string, contract: ScriptHash, key: Uint8Array): Promise<Uint8Array> {
    try {
      return parseBase64Answer(await this.#rpc.call('getproof', [stateRoot, contract, bytesToBase64(key)]))
    } catch (cause) {
      if (!(cause instanceof NodeError) || cause.rpcCode !== unknownStorageItem) throw cause
      throw new LedgerError('ERR_LEDGER_ABSENT', 'no node has the storage entry, which no proof can show', { cause })
    }
  }

  /**
   * Storage keys that begin with a prefix, in the state of a root. What the node leaves out is not missed: of each key that is there, a proof shows the value.
   *
   * @throws LedgerError `ERR_LEDGER_ANSWER`: not such keys, in ascending order
   */
  async storageKeys(stateRoot: string, contract: ScriptHash, prefix: Uint8Array): Promise<readonly Uint8Array[]> {
    const keys: Uint8Array[] = []
    for (;;) {
      const after = keys.length === 0 ? '' : bytesToBase64(keys.at(-1)!)
      const answer = await this.#rpc.call('findstates', [stateRoot, contract, bytesToBase64(prefix), after, keysPerAnswer])
      const { results, truncated } = (answer ?? {}) as { results?: unknown; truncated?: unknown }
      if (!Array.isArray(results)) throw malformed('a list of storage entries')
      for (const result of results) {
        const key = parseBase64Answer((result as { key?: unknown } | null)?.key)
        // Each further than the one before: a node that gives the same again would be asked for ever.
        const last = keys.at(-1)
        if (!startsWith(key, prefix) || (last !== undefined && compareBytes(key, last) <= 0)) throw malformed('storage keys in order')
        keys.push(key)
      }
      if (truncated !== true || results.length === 0) return keys
      if (keys.length > maxKeys) throw malformed(`at most ${maxKeys} storage keys`)
    }
  }
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return equalBytes(bytes.subarray(0, prefix.length), prefix)
}

function malformed(expected: string): LedgerError {
  return new LedgerError('ERR_LEDGER_ANSWER', `expected ${expected}`)
}
