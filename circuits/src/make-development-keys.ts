// Makes the development keys of the circuits, in seconds, and compares them with what is committed of them. With --update it commits them anew: after a circuit has changed.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import {
  type CircuitName,
  circuitNames,
  createCurveEngine,
  encodeProvingKey,
  encodeVerifyingKey,
  makeDevelopmentKeys,
  parseCircuit,
} from '@hufu/proofs'
import { circuitFile, developmentKeyFile, developmentVerifyingKeyFile } from './circuit-files.ts'

/** SHA-256 of the two files, in hexadecimal. */
type KeyHashes = Readonly<Record<CircuitName, { readonly provingKey: string; readonly verifyingKey: string }>>

const hashesFile = new URL('../development-keys.json', import.meta.url)
const engine = await createCurveEngine()
const hashes = Object.fromEntries(circuitNames.map(name => [name, make(name)])) as KeyHashes
if (process.argv.includes('--update')) writeFileSync(hashesFile, `${JSON.stringify(hashes, undefined, 2)}\n`)
const committed = JSON.parse(readFileSync(hashesFile, 'utf8')) as KeyHashes
for (const name of circuitNames) {
  const isSame = committed[name]?.provingKey === hashes[name].provingKey && committed[name].verifyingKey === hashes[name].verifyingKey
  if (isSame) continue
  console.error(`development keys of ${name} are not those of circuits/development-keys.json.`)
  console.error('If the circuit was changed: node circuits/src/make-development-keys.ts --update')
  process.exitCode = 1
}

function make(name: CircuitName): KeyHashes[CircuitName] {
  const file = readFileSync(circuitFile(name))
  const keys = makeDevelopmentKeys(engine, parseCircuit(file), file)
  const provingKey = encodeProvingKey(keys.provingKey)
  const verifyingKey = encodeVerifyingKey(keys.verifyingKey)
  mkdirSync(new URL('.', developmentKeyFile(name)), { recursive: true })
  writeFileSync(developmentKeyFile(name), provingKey)
  writeFileSync(developmentVerifyingKeyFile(name), verifyingKey)
  return { provingKey: sha256Hex(provingKey), verifyingKey: sha256Hex(verifyingKey) }
}

function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
