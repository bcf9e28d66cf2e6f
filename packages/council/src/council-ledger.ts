import type { LedgerReader, LedgerWriter, NetworkDescriptor } from '@hufu/ledger'

/** Where the council's decisions are written. */
export interface CouncilLedger {
  readonly client: LedgerReader & LedgerWriter
  readonly network: Pick<NetworkDescriptor, 'name' | 'contracts'>
}

/** Where they are only read. */
export interface CouncilReader {
  readonly client: LedgerReader
  readonly network: Pick<NetworkDescriptor, 'contracts'>
}
