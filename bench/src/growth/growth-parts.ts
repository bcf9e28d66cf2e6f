import type { GrowthPart } from './growth-part.ts'
import { identifiersInTables } from './identifiers-in-tables.ts'
import { identifiersOnLedger } from './identifiers-on-ledger.ts'
import { leavesInMemory } from './leaves-in-memory.ts'
import { leavesOnLedger } from './leaves-on-ledger.ts'
import { replicas } from './replicas.ts'
import { statusEntries } from './status-entries.ts'
import { statusPublished } from './status-published.ts'
import { validators } from './validators.ts'

/** In the order in which they run. */
export const growthParts: readonly GrowthPart[] = [
  identifiersInTables,
  identifiersOnLedger,
  leavesInMemory,
  leavesOnLedger,
  statusEntries,
  statusPublished,
  validators,
  replicas,
]
