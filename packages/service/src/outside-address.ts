import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { ServiceError } from './errors.ts'

/** Where servers may be that others name. */
export interface OutsidePolicy {
  /** Also this machine, there by plain HTTP too: only for a pilot, and tests. */
  readonly allowLoopback?: boolean
  /** Networks that are not public and may be reached, such as `10.20.0.0/16` of an administration's own network. */
  readonly allowNetworks?: readonly string[]
}

/** Where a name stands for several machines or none: never asked of DNS. */
const innerNames = /(^|\.)(localhost|local|localdomain|internal|intranet|home|lan|corp|private|test|invalid|onion|arpa)$/
const loopbackNames = /^([a-z0-9-]+\.)?localhost$/

/**
 * Reads an address that somebody else named, as far as that can be done without DNS.
 *
 * @throws ServiceError `ERR_SERVICE_ADDRESS`: no `https` URL of a host outside
 */
export function parseOutsideUrl(text: string, policy: OutsidePolicy): URL {
  // The URL parser drops control characters and turns backslashes round: whoever reads the text otherwise would see another host.
  if (!/^https?:\/\/[\x21-\x5b\x5d-\x7e]+$/i.test(text) || !URL.canParse(text)) throw refused('expected a URL of https, in ASCII')
  const url = new URL(text)
  if (url.username !== '' || url.password !== '' || /^[^/?#]*@/.test(text.slice(text.indexOf('//') + 2)))
    throw refused('expected no name or password')
  const host = hostOf(url)
  const isLoopback = loopbackNames.test(host) || rangeOf(host) === 'loopback'
  if (url.protocol !== 'https:' && !(policy.allowLoopback === true && isLoopback)) throw refused('expected https')
  if (isIP(host) !== 0) checkOutside(host, policy)
  else if (
    !(policy.allowLoopback === true && loopbackNames.test(host)) &&
    (!host.includes('.') || host.endsWith('.') || innerNames.test(host))
  )
    throw refused('expected the full name of a host')
  url.hash = ''
  return url
}

/** The host without the brackets of IPv6. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

/** Addresses of names that stand for this machine by definition (RFC 6761); undefined: ask DNS. */
export function loopbackAddressesOf(host: string): readonly string[] | undefined {
  return loopbackNames.test(host) ? ['127.0.0.1', '::1'] : undefined
}

/**
 * Checks that an IP address is a public one, or one that the policy allows.
 *
 * @throws ServiceError `ERR_SERVICE_ADDRESS`
 */
export function checkOutside(address: string, { allowLoopback = false, allowNetworks = [] }: OutsidePolicy): void {
  const range = rangeOf(address)
  if (range === 'public' || (allowLoopback && range === 'loopback')) return
  if (isIP(address) !== 0 && allowNetworks.some(network => isWithin(address, network))) return
  throw refused('expected a public address')
}

function isWithin(address: string, network: string): boolean {
  const parsed = ipaddr.parse(address)
  const [base, bits] = ipaddr.parseCIDR(network)
  return parsed.kind() === base.kind() && parsed.match([base, bits] as never)
}

/**
 * Of IPv6 only what is given out for use between sites is public (2000::/3), without what stands for IPv4 addresses: mapped, 6to4, Teredo, NAT64.
 */
function rangeOf(address: string): 'public' | 'loopback' | 'other' {
  if (isIP(address) === 0) return 'other'
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (range === 'loopback') return 'loopback'
  if (range !== 'unicast') return 'other'
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).parts[0]! >> 13 === 1 ? 'public' : 'other'
}

function refused(what: string): ServiceError {
  return new ServiceError('ERR_SERVICE_ADDRESS', `address named by others: ${what}`)
}
