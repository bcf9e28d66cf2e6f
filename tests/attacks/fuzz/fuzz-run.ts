import type { FuzzTarget } from './fuzz-target.ts'
import type { RunOptions } from './run-target.ts'

/**
 * How much is tried of each target. A slice by default; `LONG=1` is the run that docs/reliability.md quotes, `TRIES` any other number; `SEED` another seed, and
 * `INDEX` one try alone.
 */
export function fuzzRun(
  targets: readonly FuzzTarget[],
  { file, few, many }: { readonly file: string; readonly few: number; readonly many: number },
): { readonly timeoutMs: number; optionsOf(target: FuzzTarget): RunOptions } {
  const { TRIES, LONG, SEED, INDEX } = process.env
  const tries = Number(TRIES ?? (LONG === '1' ? many : few))
  const weights = targets.reduce((sum, { weight }) => sum + weight, 0)
  return {
    timeoutMs: 120_000 + 20 * tries,
    optionsOf: ({ weight }) => ({
      tries: Math.max(20, Math.ceil((tries * weight) / weights)),
      seed: SEED ?? 'tests',
      index: INDEX === undefined ? undefined : Number(INDEX),
      file,
    }),
  }
}
