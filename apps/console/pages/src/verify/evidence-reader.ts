import { type ContractDescriptor, LedgerError, type LightClient, type VerifiedEntry, verifyStorageProof } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64 } from '@hufu/primitives'
import type { Evidence } from '../../../src/api-types.ts'
import type { CheckedHeaders } from './check-headers.ts'
import { CheckFailure } from './verdict.ts'

type Entry = Evidence['entries'][number]

/** Stands where a light client stands, and has nothing but what came with the answer: each entry is proven as it is read. */
export class EvidenceReader implements Pick<LightClient, 'verifiedStorage'> {
  readonly #entries: readonly Entry[]
  readonly #headersOf: (entry: Entry) => CheckedHeaders
  /** What was read, and proven. */
  readonly read: VerifiedEntry[] = []
  /** Keys that the answer rests on and that nothing is there for: base64. */
  readonly missing: string[] = []

  constructor(entries: readonly Entry[], headersOf: (entry: Entry) => CheckedHeaders) {
    this.#entries = entries
    this.#headersOf = headersOf
  }

  /** @throws LedgerError `ERR_LEDGER_PROOF`: it is not what the validators signed; `ERR_LEDGER_ABSENT`: it did not come with the answer */
  async verifiedStorage({ id }: ContractDescriptor, key: Uint8Array): Promise<VerifiedEntry> {
    const name = bytesToBase64(key)
    const entry = this.#entries.find(({ bundle }) => bundle.contractId === id && bundle.key === name)
    if (entry === undefined) {
      this.missing.push(name)
      throw new LedgerError('ERR_LEDGER_ABSENT', 'expected an entry with the answer')
    }
    const { last } = this.#headersOf(entry)
    const before = this.read[0]
    // Entries of several moments could be put together to what never was.
    if (before !== undefined && before.headerHash !== last.hash) throw new CheckFailure('severalMoments')
    const verified = {
      contractId: id,
      key,
      value: verifyStorageProof(last.previousStateRoot, id, key, base64ToBytes(entry.bundle.proof)),
      blockIndex: last.blockIndex - 1,
      stateRoot: last.previousStateRoot,
      headerHash: last.hash,
      headerTimeMs: last.timeMs,
    }
    this.read.push(verified)
    return verified
  }
}
