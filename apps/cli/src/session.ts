import { existsSync, readFileSync } from 'node:fs'
import { FileOutbox } from '@hufu/files'
import { type Account, LedgerClient, type NetworkDescriptor, parseNetworkDescriptor } from '@hufu/ledger'
import { committeeAccount, type NetworkFolder, openNetworkFolder } from '@hufu/network'
import { CliError } from './errors.ts'
import type { Home } from './home.ts'

/** A command's way to the ledger. */
export interface Session {
  readonly network: NetworkDescriptor
  readonly client: LedgerClient
  close(): Promise<void>
}

const outboxLockWaitMs = 10_000

/** The description of the network that the home folder points to. @throws CliError `ERR_CLI_NETWORK`: there is none; LedgerError `ERR_LEDGER_DESCRIPTOR` */
export function readNetwork(home: Home): NetworkDescriptor {
  if (!existsSync(home.networkFile))
    throw new CliError('ERR_CLI_NETWORK', 'there is no network.json here, so it is not known which network to talk to')
  return parseNetworkDescriptor(readFileSync(home.networkFile, 'utf8'))
}

/** A session that only reads. */
export function openReadingSession(home: Home): Session {
  const network = readNetwork(home)
  const client = new LedgerClient({ network })
  return { network, client, close: async () => client.close() }
}

/**
 * A session that writes: first it takes up what an earlier command that crashed left in the outbox.
 *
 * @throws FileError `ERR_FILE_LOCKED`: another command has been writing for over ten seconds
 */
export async function openWritingSession(home: Home): Promise<Session> {
  const network = readNetwork(home)
  const outbox = await FileOutbox.open(home.outboxFile, { lockWaitMs: outboxLockWaitMs })
  const client = new LedgerClient({ network, outbox })
  for (const write of (await client.resume()).values()) write.durable().catch(() => undefined)
  return {
    network,
    client,
    close: async () => {
      client.close()
      await outbox.close()
    },
  }
}

/** The committee of the local network, whose keys lie in the home folder: owner of the contracts, and sponsor of fees. Development only. */
export async function localCommittee(home: Home): Promise<Account> {
  return committeeAccount(await localNetwork(home))
}

/** The local network's folder. @throws NetworkError `ERR_NETWORK_MISSING` */
export function localNetwork(home: Home): Promise<NetworkFolder> {
  return openNetworkFolder(home.networkFolder)
}
