import type { ContractDescriptor, ContractName, LightClient, NetworkDescriptor, VerifiedEntry } from '@hufu/ledger'
import { bytesToBase64, errorCode } from '@hufu/primitives'
import type { Evidence } from '../api-types.ts'

/** A validator that is asked for proofs. */
export interface ProvingNode {
  readonly name: string
  /** Asks this node alone. */
  readonly light: Pick<LightClient, 'provenStorage' | 'verifiedLine' | 'sync'>
}

/** A node denied an entry that another one has proven. */
export class FalseDenial extends Error {}

/** What it takes to read. */
export interface RecordingOptions {
  readonly network: Pick<NetworkDescriptor, 'contracts'>
  readonly node: ProvingNode
  /** Who is asked whether an entry is missing in truth. */
  readonly others: readonly ProvingNode[]
}

/**
 * Reads proven entries from one node, all as of one block, and keeps the proof of each: what is derived from them, anybody can derive again from the
 * evidence. Stands in for a light client where code reads through one.
 */
export class RecordingReader {
  readonly #options: RecordingOptions
  readonly #entries = new Map<string, Evidence['entries'][number]>()
  readonly #known = new Map<string, VerifiedEntry>()
  #absent: Evidence['told'][number] | undefined
  #first: VerifiedEntry | undefined
  #atBlockIndex: number | undefined

  constructor(options: RecordingOptions) {
    this.#options = options
  }

  /** What was read so far. */
  get evidence(): Pick<Evidence, 'entries' | 'told' | 'asOf'> {
    const first = this.#first
    return {
      entries: [...this.#entries.values()],
      told: this.#absent === undefined ? [] : [this.#absent],
      asOf: first === undefined ? null : { blockIndex: first.blockIndex, timeMs: first.headerTimeMs },
    }
  }

  /** @throws FalseDenial; LedgerError as `LightClient.verifiedStorage` */
  async verifiedStorage(contract: ContractDescriptor, key: Uint8Array): Promise<VerifiedEntry> {
    const { node } = this.#options
    const name = `${contract.id} ${bytesToBase64(key)}`
    const known = this.#known.get(name)
    if (known !== undefined) return known
    // One block for all that is read, of this node and of those who are asked whether it is right.
    this.#atBlockIndex ??= (await node.light.sync()).blockIndex - 1
    try {
      const { entry, bundle } = await node.light.provenStorage(contract, key, { atBlockIndex: this.#atBlockIndex })
      this.#first ??= entry
      this.#known.set(name, entry)
      const proven = { ...bundle, headers: [...bundle.headers] }
      this.#entries.set(name, { contract: this.#nameOf(contract), key: bundle.key, bundle: proven })
      return entry
    } catch (error) {
      if (errorCode(error) === 'ERR_LEDGER_ABSENT') await this.#askOthers(contract, key, this.#atBlockIndex)
      throw error
    }
  }

  /** That an entry is missing cannot be proven, but every other node may prove the contrary. */
  async #askOthers(contract: ContractDescriptor, key: Uint8Array, atBlockIndex: number): Promise<void> {
    const { node, others } = this.#options
    const agree = [node.name]
    const silent: string[] = []
    await Promise.all(
      others.map(async other => {
        try {
          await other.light.provenStorage(contract, key, { atBlockIndex })
        } catch (error) {
          const code = errorCode(error)
          if (code === undefined) throw error
          if (code === 'ERR_LEDGER_ABSENT') agree.push(other.name)
          else silent.push(other.name)
          return
        }
        throw new FalseDenial()
      }),
    )
    const before = this.#absent
    this.#absent = {
      what: 'absent',
      agree: before === undefined ? agree.toSorted() : before.agree.filter(name => agree.includes(name)),
      differ: [],
      silent: [...new Set([...(before?.silent ?? []), ...silent])].toSorted(),
    }
  }

  #nameOf(contract: ContractDescriptor): ContractName {
    const found = Object.entries(this.#options.network.contracts).find(([, { id }]) => id === contract.id)
    return found![0] as ContractName
  }
}
