import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Argument,
  type ContractCall,
  type LedgerReader,
  nativeContracts,
  type ScriptHash,
  ScriptWriter,
  type StackItem,
  scriptHashFromBytes,
  scriptHashToBytes,
} from '@hufu/ledger'
import { hash160, utf8ToBytes } from '@hufu/primitives'

const contractsFolder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'contracts')
const opcodeAbort = 0x38

/** What of a contract goes on the ledger. */
interface ContractFiles {
  readonly nef: Uint8Array
  readonly manifest: string
}

/** Reads a contract that is compiled. @param name - in its manifest, where it is to have another than the file says */
export function readContract(folder: string, name?: string): ContractFiles {
  const files = join(contractsFolder, folder)
  const manifest = JSON.parse(readFileSync(join(files, 'manifest.json'), 'utf8')) as object
  // The manifest goes on the ledger without the white space that makes the file readable.
  const text = JSON.stringify(name === undefined ? manifest : { ...manifest, name })
  return { nef: new Uint8Array(readFileSync(join(files, 'contract.nef'))), manifest: text }
}

/** Hash that ContractManagement gives: of a script that aborts, pushes deployer, checksum and name. */
export function contractHash(deployer: ScriptHash, { nef, manifest }: ContractFiles): ScriptHash {
  const checksum = new DataView(nef.buffer, nef.byteOffset + nef.length - 4).getUint32(0, true)
  const { name } = JSON.parse(manifest) as { name: string }
  const script = new ScriptWriter().op(opcodeAbort).bytes(scriptHashToBytes(deployer)).integer(BigInt(checksum)).text(name)
  return scriptHashFromBytes(hash160(script.toBytes()))
}

/** Deploys a contract with an array as its data. */
export function deployCall({ nef, manifest }: ContractFiles, data: readonly Argument[]): ContractCall {
  return {
    contract: nativeContracts.contractManagement,
    method: 'deploy',
    args: [
      { type: 'ByteArray', value: nef },
      { type: 'ByteArray', value: utf8ToBytes(manifest) },
      { type: 'Array', value: data },
    ],
  }
}

/** What ContractManagement says of a contract: null if there is none. */
export function contractState(ledger: LedgerReader, hash: ScriptHash): Promise<StackItem> {
  return ledger.invokeRead({
    contract: nativeContracts.contractManagement,
    method: 'getContract',
    args: [{ type: 'Hash160', value: hash }],
  })
}
