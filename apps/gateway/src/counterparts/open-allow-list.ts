import { parseNetworkId } from '@hufu/chains'
import { LightClient, type NetworkDescriptor } from '@hufu/ledger'
import { systemClock } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'
import type { GatewayConfig } from '../config.ts'
import type { AllowList } from './allow-list.ts'
import { LedgerAllowList } from './ledger-allow-list.ts'

/** The allow-list on the ledger. @throws ServiceError `ERR_SERVICE_CONFIG` */
export function openAllowList(network: NetworkDescriptor, { allowListMaxAgeMs: maxAgeMs }: GatewayConfig): AllowList {
  const contract = network.contracts.gateway
  if (contract === undefined) throw new ServiceError('ERR_SERVICE_CONFIG', 'NETWORK_FILE: expected a network with the contract gateway')
  return new LedgerAllowList({
    ...{ client: new LightClient({ network }), contract, network: parseNetworkId(`neo3:${network.magic}`) },
    ...{ clock: systemClock, maxAgeMs },
  })
}
