import { existsSync } from 'node:fs'
import type { Signer } from '@hufu/keys'
import { type Account, singleAccount } from '@hufu/ledger'
import { openWalletKey, parseWallet } from '@hufu/network'
import { CliError } from '../errors.ts'
import type { Home } from '../home.ts'
import { readText } from '../read-json.ts'
import { localCommittee, localNetwork } from '../session.ts'

/** Where the key of a seat, or of a member of the committee, is. Without a file it is in the local network's folder. */
export interface KeyOptions {
  /** Wallet (NEP-6) whose first key it is. */
  readonly key?: string
  readonly passwordFile?: string
}

/** The account that acts for a seat. @throws CliError `ERR_CLI_USAGE`; ValidatorError `ERR_VALIDATOR_WALLET`, `ERR_VALIDATOR_PASSWORD` */
export async function seatAccount(home: Home, seat: string, options: KeyOptions): Promise<Account> {
  if (options.key !== undefined) return singleAccount(await walletSigner(options))
  const { nodes, seatAccounts } = await localNetwork(home)
  const index = nodes.findIndex(({ name }) => name === seat)
  if (index < 0) throw new CliError('ERR_CLI_USAGE', 'the local network has no key of such a seat: name a wallet with --key')
  return seatAccounts[index]!
}

/** The key of a member of the ledger's committee: a validator's. Throws as {@link seatAccount}. */
export async function memberSigner(home: Home, validator: string | undefined, options: KeyOptions): Promise<Signer> {
  if (options.key !== undefined) return walletSigner(options)
  const { nodes, signers } = await localNetwork(home)
  const index = nodes.findIndex(({ name }) => name === validator)
  if (index < 0) throw new CliError('ERR_CLI_USAGE', 'name a validator of the local network with --as, or a wallet with --key')
  return signers[index]!
}

/** The seat that proposes where none is named: the local network's last, which is the coordinator's. */
export async function proposingSeat(home: Home, seat: string | undefined): Promise<string> {
  if (seat !== undefined) return seat
  if (!existsSync(home.networkFolder))
    throw new CliError('ERR_CLI_USAGE', 'name the seat that proposes with --seat, and its wallet with --key')
  return (await localNetwork(home)).nodes.at(-1)!.name
}

/** Who pays for others on a local network; elsewhere everybody pays for itself. */
export async function localSponsor(home: Home): Promise<{ readonly sponsor?: Account }> {
  return existsSync(home.networkFolder) ? { sponsor: await localCommittee(home) } : {}
}

async function walletSigner({ key, passwordFile }: KeyOptions): Promise<Signer> {
  if (passwordFile === undefined) throw new CliError('ERR_CLI_USAGE', '--key needs --password-file')
  const wallet = parseWallet(readText(key!))
  return openWalletKey(wallet, wallet.keys[0]!.publicKey, readText(passwordFile).replace(/\r?\n$/, ''))
}
