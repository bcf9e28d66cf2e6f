import type { GatewaySettings } from '../settings/gateway-settings.ts'
import type { AllowedCounterpart, AllowList } from './allow-list.ts'

/** The allow-list of `GATEWAY_FILE` alone: counterparts whose key stands there, and every network. */
export function configuredAllowList({ counterparts }: Pick<GatewaySettings, 'counterparts'>): AllowList {
  const allowed = new Map<string, AllowedCounterpart>()
  for (const { did, networks, publicKey } of counterparts) if (publicKey !== undefined) allowed.set(did, { did, networks, publicKey })
  return {
    find: async did => allowed.get(did),
    isNetworkOn: async () => true,
  }
}
