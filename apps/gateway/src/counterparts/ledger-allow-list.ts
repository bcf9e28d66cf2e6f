import { type NetworkId, parseNetworkId } from '@hufu/chains'
import { parsePublicKey } from '@hufu/keys'
import {
  asBoolean,
  asBytes,
  asStruct,
  asText,
  type ContractDescriptor,
  deserializeStackItem,
  type LightClient,
  type StackItem,
} from '@hufu/ledger'
import { type Clock, concatBytes, errorCode, sha256, utf8ToBytes } from '@hufu/primitives'
import type { AllowedCounterpart, AllowList } from './allow-list.ts'

export interface LedgerAllowListOptions {
  readonly client: Pick<LightClient, 'verifiedStorage'>
  /** The contract `gateway`. */
  readonly contract: ContractDescriptor
  /** The network that the contract is on: it does not list itself, and is on. */
  readonly network: NetworkId
  readonly clock: Clock
  /** How old what was read may be. */
  readonly maxAgeMs: number
}

interface Kept {
  readonly readAtMs: number
  readonly value: Promise<StackItem | undefined>
}

/** Entries that are kept, at most: asked for are those of the configuration. */
const maxKept = 10_000

/**
 * The allow-list as the council keeps it in the contract `gateway`, each entry proven up to signatures of the validators. What was switched off counts as off from
 * `maxAgeMs` later on, wherever it is read; what cannot be read is refused.
 *
 * Storage: contracts/gateway/doc.go.
 */
export class LedgerAllowList implements AllowList {
  readonly #options: LedgerAllowListOptions
  readonly #kept = new Map<string, Kept>()

  constructor(options: LedgerAllowListOptions) {
    this.#options = options
  }

  async find(did: string): Promise<AllowedCounterpart | undefined> {
    const record = await this.#read('c', did)
    if (record === undefined) return undefined
    const [, network, publicKey, isOn] = asStruct(record, 6)
    if (!asBoolean(isOn)) return undefined
    return { did, networks: [parseNetworkId(asText(network))], publicKey: parsePublicKey('P-256', asBytes(publicKey)) }
  }

  async isNetworkOn(network: NetworkId): Promise<boolean> {
    if (network === this.#options.network) return true
    const record = await this.#read('n', network)
    return record !== undefined && asBoolean(asStruct(record, 3)[2])
  }

  #read(prefix: 'c' | 'n', name: string): Promise<StackItem | undefined> {
    const { clock, maxAgeMs } = this.#options
    const key = `${prefix}${name}`
    const before = this.#kept.get(key)
    const nowMs = clock.nowMs()
    if (before !== undefined && nowMs - before.readAtMs < maxAgeMs) return before.value
    const value = this.#prove(prefix, name)
    this.#kept.delete(key)
    if (this.#kept.size < maxKept) this.#kept.set(key, { readAtMs: nowMs, value })
    value.catch(() => this.#kept.delete(key))
    return value
  }

  /** @returns undefined if nodes say that there is none, which cannot be proven; it only keeps somebody out */
  async #prove(prefix: 'c' | 'n', name: string): Promise<StackItem | undefined> {
    const { client, contract } = this.#options
    const key = concatBytes(utf8ToBytes(prefix), sha256(utf8ToBytes(name)))
    try {
      return deserializeStackItem((await client.verifiedStorage(contract, key)).value)
    } catch (error) {
      if (errorCode(error) === 'ERR_LEDGER_ABSENT') return undefined
      throw error
    }
  }
}
