// Compiles the contracts for EVM chains. With --check it only compares with what is committed.
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

interface CompilerOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[]
  readonly contracts: Readonly<
    Record<string, Readonly<Record<string, { readonly abi: unknown; readonly evm: { readonly bytecode: { readonly object: string } } }>>>
  >
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'packages', 'chains', 'evm-contracts')
const generated = join(root, 'packages', 'chains', 'src', 'evm', 'generated')
/** Where each contract's interface and code go, and under which name. */
const outputs = {
  NeoLightClient: 'neo-light-client',
  AttestedRelay: 'attested-relay',
  P256Trial: 'p256-trial',
  EthrDidRegistry: 'ethr-did-registry',
} as const
/** London: the level of the oldest chains that are meant (Spartan's). `viaIR` because the checks need more variables than the stack reaches. */
const settings = {
  optimizer: { enabled: true, runs: 20_000 },
  viaIR: true,
  evmVersion: 'london',
  metadata: { bytecodeHash: 'none', appendCBOR: false },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
}

// A build tool of packages/chains, found from there. The compiler itself is under the GPL: nothing that is shipped contains it.
const solc = createRequire(join(root, 'packages', 'chains', 'package.json'))('solc') as {
  version(): string
  compile(input: string): string
}
const sources = Object.fromEntries(
  globSync('*.sol', { cwd: folder })
    .sort()
    .map(name => [name, { content: readFileSync(join(folder, name), 'utf8') }]),
)
const { errors = [], contracts } = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings }))) as CompilerOutput
if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'))

const stale = Object.entries(outputs).flatMap(([contract, name]) => {
  const { abi, evm } = contracts[`${contract}.sol`]![contract]!
  const file = join(generated, `${name}.ts`)
  const text = moduleOf(contract, abi, evm.bytecode.object)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return []
  if (!process.argv.includes('--check')) writeFileSync(file, text)
  return [file]
})
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`not what the sources compile to: ${stale.join(', ')}; run: node scripts/build-evm-contracts.ts`)
  process.exitCode = 1
}

function moduleOf(contract: string, abi: unknown, bytecode: string): string {
  const { optimizer, viaIR, evmVersion } = settings
  return [
    `// Made by scripts/build-evm-contracts.ts from packages/chains/evm-contracts/${contract}.sol.`,
    `// solc ${solc.version()}, ${JSON.stringify({ optimizer, viaIR, evmVersion })}`,
    `export const ${contract[0]!.toLowerCase()}${contract.slice(1)} = {`,
    `  abi: ${JSON.stringify(abi)},`,
    `  bytecode: '0x${bytecode}',`,
    '} as const',
    '',
  ].join('\n')
}
