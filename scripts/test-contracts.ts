// Runs the contracts' tests on an in-memory chain. They print what they ran of each contract, and fail if it is too little.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const contracts = join(dirname(dirname(fileURLToPath(import.meta.url))), 'contracts')

go(['vet', './...'], contracts)
// Named by its folder, not by a pattern: then go test also prints what passing tests have to say.
go(['test', '-count=1'], join(contracts, 'tests'))

function go(args: readonly string[], folder: string): void {
  const { status, error } = spawnSync('go', args, { cwd: folder, stdio: 'inherit' })
  if (error) console.error(`go could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}
