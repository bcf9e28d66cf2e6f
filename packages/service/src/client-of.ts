import { isIPv6 } from 'node:net'
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
