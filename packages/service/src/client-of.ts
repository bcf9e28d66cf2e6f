import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'

/**
 * Whom an address stands for, as limits count: an IPv4 address, or the /64 that one subscriber of IPv6 has.
 *
 * @param address - of a request, as Fastify tells it: of the connection, or of a trusted proxy's header
 */
export function clientOf(address: string): string {
  if (!isIPv6(address)) return address
  const parsed = ipaddr.IPv6.parse(address)
  if (parsed.isIPv4MappedAddress()) return parsed.toIPv4Address().toString()
  return parsed.parts.slice(0, 4).join(':')
}

/**
 * The address that a request came from, before any framework has seen it: of the connection, or, where that is of a trusted proxy, the last one in
 * `X-Forwarded-For` that is not.
 *
 * @param isTrusted - whether an address is a proxy's
 */
export function addressOf({ socket, headers }: IncomingMessage, isTrusted: (address: string) => boolean): string {
  const direct = socket.remoteAddress ?? ''
  if (!isTrusted(direct)) return direct
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .map(part => part.trim())
  return forwarded.findLast(address => isIP(address) !== 0 && !isTrusted(address)) ?? direct
}

/** Tells the addresses of a list of addresses and networks. */
export function networkMatcher(networks: readonly string[]): (address: string) => boolean {
  const ranges = networks.map(network =>
    network.includes('/') ? ipaddr.parseCIDR(network) : ([ipaddr.parse(network), undefined] as const),
  )
  return address => {
    if (ranges.length === 0 || isIP(address) === 0) return false
    const parsed = ipaddr.process(address)
    return ranges.some(
      ([base, bits]) => base.kind() === parsed.kind() && parsed.match([base, bits ?? (base.kind() === 'ipv4' ? 32 : 128)] as never),
    )
  }
}
