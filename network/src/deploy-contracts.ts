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

interface Deployment {
  readonly name: ContractName
  /** The contract is told their hashes when it is deployed. */
  readonly restsOn: readonly ContractName[]
  /** It is also told if the network is in production. */
  readonly asksForProduction?: true
}

/** In this order: each rests on those before it. */
const contracts: readonly Deployment[] = [
  { name: 'identifiers', restsOn: [] },
  { name: 'trust', restsOn: ['identifiers'] },
  { name: 'status', restsOn: ['identifiers', 'trust'] },
  { name: 'proofs', restsOn: ['identifiers', 'trust', 'status'], asksForProduction: true },
]

/**
 * Deploys the contracts that are not on the ledger yet, from the committee's account, and waits until the last is durable.
 * A contract's hash follows from deployer, code and name, so a second call finds them.
 *
 * @param options.production - true on a network that people rely on: its contract proofs refuses development keys, for good
 * @throws LedgerError as `submit` and `durable`
 */
export async function deployContracts(
  ledger: LedgerReader & LedgerWriter,
  committee: Account,
  { production }: { readonly production: boolean },
): Promise<Readonly<Record<ContractName, ContractDescriptor>>> {
  const deployed = new Map<ContractName, ContractDescriptor>()
  let lastWrite: Write | undefined
  for (const { name, restsOn, asksForProduction } of contracts) {
    const files = readContract(name)
    const hash = contractHash(committee.scriptHash, files)
    let state: StackItem | undefined = await contractState(ledger, hash)
    if (isNull(state)) {
      const data: Argument[] = restsOn.map(other => ({ type: 'Hash160', value: deployed.get(other)!.hash }))
      if (asksForProduction) data.push({ type: 'Boolean', value: production })
      const call = deployCall(files, data)
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

function deployCall({ nef, manifest }: ContractFiles, members: readonly Argument[]): ContractCall {
  const data: Argument = members.length === 0 ? { type: 'Any', value: null } : { type: 'Array', value: members }
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
