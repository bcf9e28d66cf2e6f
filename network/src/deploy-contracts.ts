import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Account,
  type Argument,
  type ContractDescriptor,
  type ContractName,
  type LedgerClient,
  parseScriptHash,
  type ScriptHash,
  scriptHashFromBytes,
  scriptHashToBytes,
} from '@hufu/ledger'
import { ByteWriter, hash160, utf8ToBytes } from '@hufu/primitives'

const contractsFolder = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'contracts')
const contractManagement = parseScriptHash('fffdc93764dbaddd97c48f252a53ea4643faa3fd')

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
 * @throws LedgerError as `submit`
 */
export async function deployContracts(
  ledger: LedgerClient,
  committee: Account,
): Promise<Readonly<Record<ContractName, ContractDescriptor>>> {
  const files = contracts.map(({ name }) => readContract(name))
  const hashes = Object.fromEntries(
    contracts.map(({ name }, index) => [name, contractHash(committee.scriptHash, files[index]!)]),
  ) as Record<ContractName, ScriptHash>
  const ids = await Promise.all(contracts.map(({ name }) => contractId(ledger, hashes[name])))
  // One transaction each: the three together are over a transaction's size limit once they grow.
  for (const [index, { name, restsOn }] of contracts.entries()) {
    if (ids[index] !== undefined) continue
    const call = deployCall(
      files[index]!,
      restsOn.map(other => hashes[other]),
    )
    const write = await ledger.submit([call], { account: committee, idempotencyKey: `deploy:${hashes[name]}` })
    await (index === contracts.length - 1 ? write.durable() : write.inBlock())
  }
  const entries = await Promise.all(
    contracts.map(async ({ name }) => [name, { hash: hashes[name], id: await requireContractId(ledger, hashes[name]) }] as const),
  )
  return Object.fromEntries(entries) as Record<ContractName, ContractDescriptor>
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
  const script = new ByteWriter().uint8(0x38)
  pushBytes(script, scriptHashToBytes(deployer))
  pushUint32(script, checksum)
  pushBytes(script, utf8ToBytes(name))
  return scriptHashFromBytes(hash160(script.toBytes()))
}

function pushBytes(script: ByteWriter, bytes: Uint8Array): void {
  script.uint8(0x0c).uint8(bytes.length).bytes(bytes)
}

function pushUint32(script: ByteWriter, value: number): void {
  if (value <= 16) script.uint8(0x10 + value)
  else if (value <= 0x7f) script.uint8(0x00).uint8(value)
  else if (value <= 0x7fff) script.uint8(0x01).uint16(value)
  else if (value <= 0x7fffffff) script.uint8(0x02).uint32(value)
  else script.uint8(0x03).uint64(BigInt(value))
}

function deployCall({ nef, manifest }: ContractFiles, restsOn: readonly ScriptHash[]): Parameters<LedgerClient['submit']>[0][number] {
  const data: Argument =
    restsOn.length === 0 ? { type: 'Any', value: null } : { type: 'Array', value: restsOn.map(value => ({ type: 'Hash160', value })) }
  return {
    contract: contractManagement,
    method: 'deploy',
    args: [{ type: 'ByteArray', value: nef }, { type: 'ByteArray', value: utf8ToBytes(manifest) }, data],
  }
}

async function contractId(ledger: LedgerClient, hash: ScriptHash): Promise<number | undefined> {
  const item = await ledger.invokeRead({ contract: contractManagement, method: 'getContract', args: [{ type: 'Hash160', value: hash }] })
  if (item.type === 'Any') return undefined
  const [id] = item.type === 'Array' || item.type === 'Struct' ? item.value : []
  if (id?.type !== 'Integer') throw new TypeError('expected the state of a contract')
  return Number(id.value)
}

async function requireContractId(ledger: LedgerClient, hash: ScriptHash): Promise<number> {
  const id = await contractId(ledger, hash)
  if (id === undefined) throw new TypeError('a contract is not on the ledger although it was deployed')
  return id
}
