import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const chainTests = ['**/*.chain.test.ts', 'tests/**/*.test.ts']
const ignored = ['**/node_modules/**', '.hufu/**']

// What is compiled once need not be for the next of the programs that tests start: half of their start.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'hufu')

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            'packages/**/*.test.ts',
            'apps/**/*.test.ts',
            'network/**/*.test.ts',
            'samples/**/*.test.ts',
            'bench/**/*.test.ts',
            'circuits/**/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: [...ignored, ...chainTests],
          // By itself Vitest leaves a core to its own process, which has little to do.
          maxWorkers: 2,
          // A busy machine is slow, not wrong: embedded databases alone take seconds to open.
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'chain',
          include: chainTests,
          exclude: ignored,
          // Each file starts a network of real nodes and mostly waits for it; two cores bear two at a time.
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
