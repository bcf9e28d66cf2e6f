import { parseNetworkId } from '@hufu/chains'
import { LightClient, parseNetworkDescriptor } from '@hufu/ledger'
import { systemClock } from '@hufu/primitives'
import { readConfiguredFile, ServiceError } from '@hufu/service'
import type { GatewayConfig } from '../config.ts'
import type { AllowList } from './allow-list.ts'
import { LedgerAllowList } from './ledger-allow-list.ts'

/** The allow-list on the ledger. @returns undefined if no network is configured @throws ServiceError `ERR_SERVICE_CONFIG` */
export async function openAllowList({ networkFile, allowListMaxAgeMs: maxAgeMs }: GatewayConfig): Promise<AllowList | undefined> {
  if (networkFile === undefined) return undefined
  const network = parseNetworkDescriptor(await readConfiguredFile('NETWORK_FILE', networkFile))
  const contract = network.contracts.gateway
  if (contract === undefined) throw new ServiceError('ERR_SERVICE_CONFIG', 'NETWORK_FILE: expected a network with the contract gateway')
  return new LedgerAllowList({
    ...{ client: new LightClient({ network }), contract, network: parseNetworkId(`neo3:${network.magic}`) },
    ...{ clock: systemClock, maxAgeMs },
  })
}
