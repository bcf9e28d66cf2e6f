import type { AssurancePolicy, NetworkId, ViewAddress } from '@hufu/chains'
import { GatewayError } from '../errors.ts'
import type { ViewSettings } from '../settings/gateway-settings.ts'

/** What is asked for, and by whom. */
export interface AskedView {
  readonly network: NetworkId
  readonly address: ViewAddress
  /** DID. */
  readonly counterpart: string
}

/**
 * Finds what says that a counterpart may see something.
 *
 * @returns the least assurance with which it may be told
 * @throws GatewayError `ERR_GATEWAY_VIEW`: nothing says so
 */
export function allowedView(views: readonly ViewSettings[], { network, address, counterpart }: AskedView): AssurancePolicy {
  const allowing = views.find(
    view =>
      view.network === network &&
      view.contract === address.contract &&
      isMatching(view.path, address.path) &&
      (view.counterparts?.includes(counterpart) ?? true),
  )
  if (allowing === undefined) throw new GatewayError('ERR_GATEWAY_VIEW', 'view: expected one that this gateway shows to the counterpart')
  return allowing.minAssurance
}

function isMatching(pattern: readonly string[], path: readonly string[]): boolean {
  return pattern.length === path.length && pattern.every((part, index) => part === '*' || part === path[index])
}
