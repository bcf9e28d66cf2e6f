// Runs the contracts' tests on an in-memory chain. They print what they ran of each contract, and fail if it is too little. And those of the program
// that misbehaves, which hold our patches of neo-go to what they are for.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const contracts = join(root, 'contracts')

go(['vet', './...'], contracts)
// Named by its folder, not by a pattern: then go test also prints what passing tests have to say.
go(['test', '-count=1'], join(contracts, 'tests'))
go(['test', '-count=1', '-modfile', join(root, 'node_modules', '.cache', 'hufu', 'network.mod'), './byzantine'], join(root, 'network'))

function go(args: readonly string[], folder: string): void {
  const { status, error } = spawnSync('go', args, { cwd: folder, stdio: 'inherit' })
  if (error) console.error(`go could not be started: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}
