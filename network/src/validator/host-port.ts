/** Where something listens, or is reached. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/** Parses `host:port`, an IPv6 host in brackets. @throws TypeError: anything else */
export function parseHostPort(text: string): HostPort {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([0-9A-Za-z.-]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port < 1 || port > 65_535) throw new TypeError('expected host:port')
  return { host: (match[1] ?? match[2])!, port }
}
