import { sha256, utf8ToBytes } from '@hufu/primitives'
import { SeedFailure, type SeedRun } from './run-seed.ts'
import type { Watch } from './world.ts'

/** Which seeds to run. */
export interface Seeds {
  readonly first: number
  readonly count: number
  /** One seed alone is looked at more closely. */
  readonly watch: Watch | undefined
}

/** What the seeds gave, each in its place. */
export interface SeedsRun<Result> {
  readonly results: readonly Result[]
  readonly virtualMs: number
  readonly events: number
}

const longCount = 10_000
const watchedLines = 2_000
/** After so many the reader has seen enough. */
const maxFailures = 10

/**
 * Seeds by what a reader asks for: `SEED=152` runs that seed alone and shows the end of its trace if it fails; any other text begins somewhere of its own;
 * `LONG=1` runs 10,000, and `TRIES` another number.
 */
export function seedsOf(env: Readonly<Record<string, string | undefined>>, usualCount: number): Seeds {
  const text = env.SEED ?? '1'
  const isNumber = /^\d{1,9}$/.test(text)
  const first = isNumber ? Number(text) : new DataView(sha256(utf8ToBytes(text)).buffer).getUint32(0) >>> 1
  const asked = env.TRIES !== undefined ? Number(env.TRIES) : env.LONG === '1' ? longCount : undefined
  const isAlone = env.SEED !== undefined && isNumber && asked === undefined
  return { first, count: isAlone ? 1 : (asked ?? usualCount), watch: isAlone ? { lines: watchedLines } : undefined }
}

/** Runs one seed after the other. @throws Error that names the seeds that failed, and how to run one again */
export async function runSeeds<Result>(
  { first, count, watch }: Seeds,
  runSeed: (seed: number, watch: Watch | undefined) => Promise<SeedRun<Result>>,
): Promise<SeedsRun<Result>> {
  const results: Result[] = []
  const failures: SeedFailure[] = []
  let virtualMs = 0
  let events = 0
  for (let seed = first; seed < first + count && failures.length < maxFailures; seed++) {
    try {
      const run = await runSeed(seed, watch)
      results.push(run.result)
      virtualMs += run.virtualMs
      events += run.events
    } catch (error) {
      if (!(error instanceof SeedFailure)) throw error
      failures.push(error)
    }
  }
  if (failures.length === 0) return { results, virtualMs, events }
  const { tail } = failures[0]!
  const seed = /\d+/.exec(failures[0]!.message)?.[0]
  throw new Error(
    `${failures.map(({ message }) => message).join('\n')}\nThe first one again: npm run faults -- simulation --seed ${seed}\nIts end:\n${tail.join('\n')}`,
    { cause: failures[0] },
  )
}
