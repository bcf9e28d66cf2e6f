// Compiles the circuits, and first writes the constants that they include. With --check it only compares with what is committed.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { circuitNames } from '@hufu/proofs'
import { compileCircuit } from './compile-circuit.ts'
import { circuitFile } from './index.ts'
import { poseidonConstants } from './poseidon-constants.ts'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const onlyCheck = process.argv.includes('--check')
const stale: string[] = []

keep(join(folder, 'templates', 'poseidon-constants.circom'), new TextEncoder().encode(poseidonConstants()))
const outputFolder = mkdtempSync(join(tmpdir(), 'hufu-circuits-'))
try {
  for (const name of circuitNames) {
    const { file } = compileCircuit(name, join(folder, `${name}.circom`), outputFolder)
    keep(fileURLToPath(circuitFile(name)), file)
  }
} finally {
  rmSync(outputFolder, { recursive: true })
}
if (stale.length > 0) {
  console.error(`not what the sources say: ${stale.join(', ')}; run: node circuits/src/build.ts`)
  process.exitCode = 1
}

function keep(path: string, content: Uint8Array): void {
  if (existsSync(path) && readFileSync(path).equals(content)) return
  if (onlyCheck) stale.push(path)
  else {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
}
