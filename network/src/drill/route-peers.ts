import { readFileSync, writeFileSync } from 'node:fs'
import type { PeerProxy } from './peer-proxy.ts'

/** What a node's configuration file holds of peers; the rest is left as it is. */
interface PeerSettings {
  readonly ProtocolConfiguration: Readonly<Record<string, unknown>>
  readonly ApplicationConfiguration: { readonly P2P: Readonly<Record<string, unknown>> }
}

/** A node whose peers are to be reached through the proxy. */
export interface RoutedNode {
  /** Number of the node at the proxy. */
  readonly index: number
  readonly configFile: string
  readonly p2pPort: number
}

/**
 * Rewrites the configuration of a node so that it reaches the others through the proxy alone.
 *
 * neo-go tells its peers on which port it listens, and they pass that on to others, who would then dial around the proxy. So each node announces a port on
 * which nobody listens, one of its own: nodes tell their peers apart by it.
 *
 * @param others - numbers of the nodes that it dials
 * @param p2p - further settings of neo-go's `P2P` section, to try others
 */
export function routePeers(
  { index, configFile, p2pPort }: RoutedNode,
  others: readonly number[],
  proxy: Pick<PeerProxy, 'portOf'>,
  p2p: Readonly<Record<string, unknown>> = {},
): void {
  const { ProtocolConfiguration: protocol, ApplicationConfiguration: application } = JSON.parse(
    readFileSync(configFile, 'utf8'),
  ) as PeerSettings
  const routed = {
    ProtocolConfiguration: {
      ...protocol,
      SeedList: others.filter(other => other !== index).map(other => `127.0.0.1:${proxy.portOf(index, other)}`),
    },
    ApplicationConfiguration: {
      ...application,
      P2P: { ...application.P2P, Addresses: [`127.0.0.1:${p2pPort}:${deadPort(index)}`], ...p2p },
    },
  }
  writeFileSync(configFile, `${JSON.stringify(routed, null, 2)}\n`, { mode: 0o600, flush: true })
}

/** Ports from 1 on: assigned long ago to services that nobody runs. A dial is refused at once. */
function deadPort(index: number): number {
  return index + 1
}
