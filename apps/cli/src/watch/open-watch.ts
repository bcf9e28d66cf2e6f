import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { networkDescriptor, noContracts, openNetworkFolder, type Watch, type WatchOptions, watchedNodes, watchNetwork } from '@hufu/network'
import type { Home } from '../home.ts'
import { readNetwork } from '../session.ts'

/**
 * Opens a watch of the network that the home folder points to. Of a local network, the nodes' logs and disks are read, too.
 *
 * @throws CliError `ERR_CLI_NETWORK`; NetworkError `ERR_NETWORK_DAMAGED`; LedgerError `ERR_LEDGER_DESCRIPTOR`
 */
export async function openWatch(home: Home, options: Omit<WatchOptions, 'nodes' | 'magic'>): Promise<Watch> {
  const isLocal = dirname(home.networkFile) === home.networkFolder && existsSync(home.networkFolder)
  // A local network that never got its contracts has no description yet, and wants watching all the same.
  const network =
    isLocal && !existsSync(home.networkFile)
      ? networkDescriptor(await openNetworkFolder(home.networkFolder), noContracts)
      : readNetwork(home)
  const nodes = watchedNodes(network, isLocal ? home.networkFolder : undefined)
  return watchNetwork({ ...options, nodes, magic: network.magic })
}
