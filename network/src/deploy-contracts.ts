import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Account,
  type Argument,
  asNumber,
  asStruct,
  type ContractCall,
  type ContractDescriptor,
  type ContractName,
  isNull,
  type LedgerReader,
  type LedgerWriter,
  nativeContracts,
  type ScriptHash,
  ScriptWriter,
  type StackItem,
  scriptHashFromBytes,
  scriptHashToBytes,
  type Write,
} from '@hufu/ledger'
import { hash160, utf8ToBytes } from '@hufu/primitives'

const contractsFolder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'contracts')
const opcodeAbort = 0x38

/** In this order: each rests on those before it, and is told their hashes when it is deployed. */
const contracts: readonly { readonly name: ContractName; readonly restsOn: readonly ContractName[] }[] = [
  { name: 'identifiers', restsOn: [] },
  { name: 'trust', restsOn: ['identifiers'] },
  { name: 'status', restsOn: ['identifiers', 'trust'] },
]

/**
 * Deploys the contracts that are not on the ledger yet, from the committee's account, and waits until the last is durable.
 * A contract's hash follows from deployer, code and name, so a second call finds them.
 *
 * @throws LedgerError as `submit` and `durable`
 */
export async function deployContracts(
  ledger: LedgerReader & LedgerWriter,
  committee: Account,
): Promise<Readonly<Record<ContractName, ContractDescriptor>>> {
  const deployed = new Map<ContractName, ContractDescriptor>()
  let lastWrite: Write | undefined
  for (const { name, restsOn } of contracts) {
    const files = readContract(name)
    const hash = contractHash(committee.scriptHash, files)
    let state: StackItem | undefined = await contractState(ledger, hash)
    if (isNull(state)) {
      const call = deployCall(
        files,
        restsOn.map(other => deployed.get(other)!.hash),
      )
      lastWrite = await ledger.submit([call], { account: committee, idempotencyKey: `deploy:${hash}` })
      // Not read from a node: another one may be a block behind.
      state = (await lastWrite.inBlock()).results[0]
    }
    deployed.set(name, { hash, id: asNumber(asStruct(state, 1)[0]) })
  }
  await lastWrite?.durable()
  return Object.fromEntries(deployed) as Record<ContractName, ContractDescriptor>
}

interface ContractFiles {
  readonly nef: Uint8Array
  readonly manifest: string
}

function readContract(name: ContractName): ContractFiles {
  const folder = join(contractsFolder, name)
  // The manifest goes on the ledger without the white space that makes the file readable.
  const manifest = JSON.stringify(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')))
  return { nef: new Uint8Array(readFileSync(join(folder, 'contract.nef'))), manifest }
}

/** Hash that ContractManagement gives: of a script that aborts, pushes deployer, checksum and name. */
function contractHash(deployer: ScriptHash, { nef, manifest }: ContractFiles): ScriptHash {
  const checksum = new DataView(nef.buffer, nef.byteOffset + nef.length - 4).getUint32(0, true)
  const { name } = JSON.parse(manifest) as { name: string }
  const script = new ScriptWriter().op(opcodeAbort).bytes(scriptHashToBytes(deployer)).integer(BigInt(checksum)).text(name)
  return scriptHashFromBytes(hash160(script.toBytes()))
}

function deployCall({ nef, manifest }: ContractFiles, restsOn: readonly ScriptHash[]): ContractCall {
  const data: Argument =
    restsOn.length === 0 ? { type: 'Any', value: null } : { type: 'Array', value: restsOn.map(value => ({ type: 'Hash160', value })) }
  return {
    contract: nativeContracts.contractManagement,
    method: 'deploy',
    args: [{ type: 'ByteArray', value: nef }, { type: 'ByteArray', value: utf8ToBytes(manifest) }, data],
  }
}

function contractState(ledger: LedgerReader, hash: ScriptHash): Promise<StackItem> {
  return ledger.invokeRead({
    contract: nativeContracts.contractManagement,
    method: 'getContract',
    args: [{ type: 'Hash160', value: hash }],
  })
}
