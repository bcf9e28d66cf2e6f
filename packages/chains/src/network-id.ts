import { ChainError } from './errors.ts'

declare const brand: unique symbol

/**
 * Names a chain: `neo3:<magic>` and `eip155:<chain id>` as in CAIP-2; `fabric:<channel>@<first 16 hexadecimal digits of the hash of its first block>`.
 * Two networks with the same channel name differ in their first block.
 */
export type NetworkId = string & { readonly [brand]: 'NetworkId' }

const form = /^(neo3:\d{1,10}|eip155:\d{1,32}|fabric:[a-z][a-z0-9.-]{0,248}@[0-9a-f]{16}|[a-z][-a-z0-9]{2,7}:[-_a-zA-Z0-9]{1,32})$/

/** @throws ChainError `ERR_CHAIN_NETWORK`: not of that form */
export function parseNetworkId(text: string): NetworkId {
  if (!form.test(text)) throw new ChainError('ERR_CHAIN_NETWORK', 'expected the name of a chain, as CAIP-2 writes it')
  return text as NetworkId
}
