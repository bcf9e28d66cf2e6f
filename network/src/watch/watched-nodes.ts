import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkDescriptor } from '@hufu/ledger'
import type { WatchedNode } from './fleet.ts'

/**
 * The validators of a network, to be watched.
 *
 * @param networkFolder - folder of a local network: logs and disks of the validators in it are read, too
 */
export function watchedNodes({ validators }: Pick<NetworkDescriptor, 'validators'>, networkFolder?: string): readonly WatchedNode[] {
  return validators.map(({ name, publicKey, rpcUrl, metricsUrl }) => {
    const folder = networkFolder === undefined ? undefined : join(networkFolder, name)
    return { name, publicKey, rpcUrl, metricsUrl, ...(folder === undefined || !existsSync(folder) ? {} : { folder }) }
  })
}
