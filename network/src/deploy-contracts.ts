import {
  type Account,
  type Argument,
  asNumber,
  asStruct,
  type ContractDescriptor,
  type ContractName,
  isNull,
  type LedgerReader,
  type LedgerWriter,
  type StackItem,
  type Write,
} from '@hufu/ledger'
import { contractHash, contractState, deployCall, readContract } from './contract-files.ts'
import { councilArguments, type NewCouncil } from './new-council.ts'

interface Deployment {
  readonly name: ContractName
  /** The contract is told their hashes when it is deployed. */
  readonly restsOn: readonly ContractName[]
  /** What else it is told. */
  readonly asksFor?: 'council' | 'production'
}

/** Options of {@link deployContracts}. */
export interface DeployOptions {
  /** True on a network that people rely on: its contract proofs refuses development keys, for good. */
  readonly production: boolean
  /** The council as it begins, owner of all the contracts. */
  readonly council: NewCouncil
}

/** In this order: each rests on those before it. */
const contracts: readonly Deployment[] = [
  { name: 'council', restsOn: [], asksFor: 'council' },
  { name: 'identifiers', restsOn: ['council'] },
  { name: 'trust', restsOn: ['council', 'identifiers'] },
  { name: 'status', restsOn: ['council', 'identifiers', 'trust'] },
  { name: 'proofs', restsOn: ['council', 'identifiers', 'trust', 'status'], asksFor: 'production' },
  { name: 'gateway', restsOn: ['council'] },
  { name: 'titles', restsOn: ['council', 'identifiers', 'gateway'] },
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
  options: DeployOptions,
): Promise<Readonly<Record<ContractName, ContractDescriptor>>> {
  const deployed = new Map<ContractName, ContractDescriptor>()
  let lastWrite: Write | undefined
  for (const { name, restsOn, asksFor } of contracts) {
    const files = readContract(name)
    const hash = contractHash(committee.scriptHash, files)
    let state: StackItem | undefined = await contractState(ledger, hash)
    if (isNull(state)) {
      const data: Argument[] = restsOn.map(other => ({ type: 'Hash160', value: deployed.get(other)!.hash }))
      if (asksFor === 'production') data.push({ type: 'Boolean', value: options.production })
      if (asksFor === 'council') data.push(...councilArguments(options.council))
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
