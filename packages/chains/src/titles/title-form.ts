import { ChainError } from '../errors.ts'
import type { NetworkId } from '../network-id.ts'

/** Longest DID of a holder, in characters. */
const maxHolderLength = 128

/** True for a title's identifier: 1 to 63 of lower-case letters, digits, dots and hyphens. */
export function isTitleId(text: unknown): text is string {
  return typeof text === 'string' && /^[a-z0-9.-]{1,63}$/.test(text)
}

/** True for 32 bytes in 64 lower-case hexadecimal digits: a transfer's identifier, or a hash. */
export function isHex32(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text)
}

/** True for a DID of any method; that it is an institution's is for whoever acts for it to know. */
export function isHolder(text: unknown): text is string {
  return typeof text === 'string' && text.length <= maxHolderLength && /^did:[a-z0-9]+(:[A-Za-z0-9._-]+)+$/.test(text)
}

/** True for whatever another network may name as a holder. What has left there is let in: refused, it would be nowhere. */
export function isForeignHolder(text: unknown): text is string {
  return typeof text === 'string' && text.length <= maxHolderLength && /^[A-Za-z0-9._:-]+$/.test(text)
}

/**
 * With what, and a dot, the identifiers begin of titles that are issued on a network, so that no two networks ever issue the same one:
 * `neo3-<magic>`, or `fabric-<16 digits of the first block's hash>`.
 *
 * @throws ChainError `ERR_CHAIN_NETWORK`: of a kind that issues no titles
 */
export function titleLabel(network: NetworkId): string {
  const match = /^(neo3):(\d+)$/.exec(network) ?? /^(fabric):.*@([0-9a-f]{16})$/.exec(network)
  if (match === null) throw new ChainError('ERR_CHAIN_NETWORK', 'expected a network of Neo or Fabric')
  return `${match[1]}-${match[2]}`
}

/** Whether a title was issued on this network, by its identifier. */
export function isBornOn(network: NetworkId, assetId: string): boolean {
  const beginning = `${titleLabel(network)}.`
  return assetId.startsWith(beginning) && assetId.length > beginning.length
}
