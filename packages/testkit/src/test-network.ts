import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { foundingWriter } from '@hufu/council'
import {
  type Account,
  LedgerClient,
  type LedgerClientOptions,
  type LedgerWriter,
  type NetworkDescriptor,
  singleAccount,
} from '@hufu/ledger'
import {
  committeeAccount,
  createNetworkFolder,
  deployContracts,
  fundAccounts,
  LocalNetwork,
  localCouncil,
  networkDescriptor,
  noContracts,
  validatorsAccount,
} from '@hufu/network'
import { fixedSecret, fixedSigner } from './fixed-signer.ts'

/** A network of real nodes for one test file. */
export interface TestNetwork {
  readonly descriptor: NetworkDescriptor
  /** Reads and writes; closed by `stop`. */
  readonly ledger: LedgerClient
  /** The nodes, to kill and start again. */
  readonly nodes: LocalNetwork
  /** Of the ledger; holds GAS. Founds the network: see `founding`. */
  readonly committee: Account
  /** Writes as the council, owner of the contracts, by the committee's account: the founding is not over. */
  readonly founding: LedgerWriter
  /** The council's seats, one beside each validator. */
  readonly seats: readonly { readonly name: string; readonly account: Account }[]
  /** Holds the GAS of genesis. */
  readonly treasury: Account
  /** A further client, for instance with an outbox of its own; closed by `stop`. */
  client(options?: Partial<LedgerClientOptions>): LedgerClient
  /** Accounts with fixed keys and 100 GAS each; all in one transaction. */
  fundedAccounts(...names: readonly string[]): Promise<readonly Account[]>
  /** Ends the nodes and removes their data. */
  stop(): Promise<void>
}

/** Settings of {@link startTestNetwork}. */
export interface TestNetworkOptions {
  /** How many: 1, 4 and 7 bear 0, 1 and 2 faults. */
  readonly validators: number
  /** For a second network, of the same validators' keys; default 20,260,101. */
  readonly magic?: number
  /** Deploy the contracts, too; default true. */
  readonly contracts?: boolean
  /** Refuse development keys of circuits; default false. */
  readonly production?: boolean
}

const gas = 100_000_000n
const folderPrefix = 'hufu-test-network-'

/**
 * Starts a network with fixed keys on free ports, in a temporary folder. Its nodes end with this process, whatever happens; the folder of a
 * process that was killed is removed by the next one.
 */
export async function startTestNetwork(options: TestNetworkOptions): Promise<TestNetwork> {
  const { validators, magic = 20_260_101, contracts = true, production = false } = options
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
  const names = Array.from({ length: validators }, (_, index) => `validator-${index + 1}`)
  const files = await createNetworkFolder(join(folder, 'network'), {
    name: 'test',
    magic,
    validators: names,
    secrets: names.map(fixedSecret),
    seatSecrets: names.map(name => fixedSecret(`seat of ${name}`)),
  })
  const nodes = await LocalNetwork.start(files)
  const clients: LedgerClient[] = []
  const client = (settings: Partial<LedgerClientOptions> = {}): LedgerClient => {
    const made = new LedgerClient({ network: networkDescriptor(files, noContracts), ...settings })
    clients.push(made)
    return made
  }
  const stop = async (): Promise<void> => {
    for (const each of clients) each.close()
    await nodes.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const ledger = client()
    const treasury = validatorsAccount(files)
    const committee = committeeAccount(files)
    await fundAccounts(ledger, treasury, [committee.scriptHash], 100_000n * gas, 'test: fund the committee')
    const deployed = contracts ? await deployContracts(ledger, committee, { production, council: localCouncil(files) }) : noContracts
    const descriptor = networkDescriptor(files, deployed)
    const founding = foundingWriter(ledger, deployed.council.hash)
    const seats = names.map((name, index) => ({ name, account: files.seatAccounts[index]! }))
    const fundedAccounts = async (...accountNames: readonly string[]): Promise<readonly Account[]> => {
      const accounts = await Promise.all(accountNames.map(async name => singleAccount(await fixedSigner(name))))
      const key = `test: fund ${accountNames.join(', ')}`
      await fundAccounts(
        ledger,
        committee,
        accounts.map(account => account.scriptHash),
        100n * gas,
        key,
      )
      return accounts
    }
    return { descriptor, ledger, nodes, committee, founding, seats, treasury, client, fundedAccounts, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function removeLeftovers(): void {
  for (const entry of readdirSync(tmpdir())) {
    const pid = entry.startsWith(folderPrefix) ? entry.slice(folderPrefix.length).split('-')[0] : undefined
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) rmSync(join(tmpdir(), entry), { recursive: true, force: true })
  }
}
