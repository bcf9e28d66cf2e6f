// One part of the growth curves, in a process of its own. Its curves are its message.
import { growthParts } from './growth-parts.ts'

const [wanted, ...options] = process.argv.slice(2)
const part = growthParts.find(({ name }) => name === wanted)
if (part === undefined) throw new Error('expected the name of a part')
const startedAt = performance.now()
const curves = await part.run(options.includes('--long'), what =>
  console.error(`  ${Math.round((performance.now() - startedAt) / 1000)} s: ${what}`),
)
process.send!(curves, () => process.exit())
