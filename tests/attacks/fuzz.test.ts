import { afterAll, test } from 'vitest'
import { fuzzRun } from './fuzz/fuzz-run.ts'
import { runTarget } from './fuzz/run-target.ts'
import { fuzzTargets } from './fuzz/targets.ts'

const targets = await fuzzTargets()
const run = fuzzRun(targets, { file: 'fuzz.test', few: 14_000, many: 920_000 })

afterAll(async () => {
  for (const target of targets) await target.close?.()
})

test.each(targets)('$name: nothing nearly right is accepted, nothing ends otherwise than with a code', { timeout: run.timeoutMs }, target =>
  runTarget(target, run.optionsOf(target)),
)
