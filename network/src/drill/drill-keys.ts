import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importSigner, type Signer } from '@hufu/keys'
import { type Account, singleAccount } from '@hufu/ledger'
import { sha256, utf8ToBytes } from '@hufu/primitives'
import { developmentWallet } from '../wallet-file.ts'

/** A key made of a drill's seed: the same in every run with it, and never for anything real. */
export interface DrillKey {
  readonly secret: Uint8Array<ArrayBuffer>
  readonly signer: Signer
  readonly account: Account
}

export async function drillKey(seed: string, name: string): Promise<DrillKey> {
  const secret = sha256(utf8ToBytes(`hufu drill ${seed}: ${name}`))
  const signer = await importSigner('P-256', secret)
  return { secret, signer, account: singleAccount(signer) }
}

/** Writes a node's wallet. With several keys the node signs with the one that is a validator's, so that it can wait for a vote with both. */
export function writeWallet(folder: string, keys: readonly DrillKey[]): void {
  const wallets = keys.map(({ secret, account }) => JSON.parse(developmentWallet(secret, account)) as { accounts: readonly object[] })
  const accounts = wallets.flatMap((wallet, index) => wallet.accounts.map(account => ({ ...account, isDefault: index === 0 })))
  writeFileSync(join(folder, 'wallet.json'), `${JSON.stringify({ ...wallets[0]!, accounts }, null, 2)}\n`, { mode: 0o600, flush: true })
}

/** What a configuration file holds of a node's own ports. */
interface OwnPorts {
  readonly ApplicationConfiguration: { readonly RPC: object; readonly Prometheus: object }
}

/** The configuration of one more node of the same network: that of another, with ports of its own. */
export function configOfOneMore(configFile: string, ports: { readonly rpc: number; readonly metrics: number }): string {
  const config = JSON.parse(readFileSync(configFile, 'utf8')) as OwnPorts
  const application = {
    ...config.ApplicationConfiguration,
    RPC: { ...config.ApplicationConfiguration.RPC, Addresses: [`127.0.0.1:${ports.rpc}`] },
    Prometheus: { ...config.ApplicationConfiguration.Prometheus, Addresses: [`127.0.0.1:${ports.metrics}`] },
  }
  return `${JSON.stringify({ ...config, ApplicationConfiguration: application }, null, 2)}\n`
}
