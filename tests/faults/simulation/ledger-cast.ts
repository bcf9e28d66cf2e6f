import type { ListFollower } from './list-follower.ts'
import type { ListServer } from './list-server.ts'
import type { SimulatedLedger } from './simulated-ledger.ts'
import type { SimulatedNetwork } from './simulated-network.ts'

/** Who takes part in a world with a ledger. */
export interface LedgerCast {
  readonly ledger: SimulatedLedger
  readonly network: SimulatedNetwork
  readonly servers: readonly ListServer[]
  readonly follower: ListFollower
}
