import type { GrantEntry } from './grant.ts'

/**
 * Finds how a grant was at a time, out of its history, in which changes are ordered by time.
 *
 * @param latest - null if there is no such grant
 * @param entryOf - the entry of an earlier change, by its number from 1; null counts as later than any time
 * @returns null if there was no such grant yet
 */
export async function findGrantAt(
  latest: GrantEntry | null,
  atMs: number,
  entryOf: (sequence: number) => Promise<GrantEntry | null>,
): Promise<GrantEntry | null> {
  if (latest === null || latest.timeMs <= atMs) return latest
  // The answer is from low to high, 0 standing for none.
  let low = 0
  let high = latest.sequence - 1
  let found: GrantEntry | null = null
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    const entry = await entryOf(middle)
    if (entry !== null && entry.timeMs <= atMs) {
      found = entry
      low = middle
    } else high = middle - 1
  }
  return found
}
