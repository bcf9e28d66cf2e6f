import type { GrowthPart } from './growth-part.ts'
import { leavesInMemory } from './leaves-in-memory.ts'

/** In the order in which they run. */
export const growthParts: readonly GrowthPart[] = [leavesInMemory]
