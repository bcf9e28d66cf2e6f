import { readFileSync, writeFileSync } from 'node:fs'
import type { NetworkFolder } from '../network-folder.ts'
import type { PeerProxy } from './peer-proxy.ts'

/** What a node's configuration file holds of peers; the rest is left as it is. */
interface PeerSettings {
  readonly ProtocolConfiguration: { readonly SeedList: readonly string[] }
  readonly ApplicationConfiguration: { readonly P2P: Readonly<Record<string, unknown>> }
}

/**
 * Rewrites the configuration of a network's nodes so that they reach each other through the proxy alone.
 *
 * neo-go tells its peers on which port it listens, and they pass that on to others, who would then dial around the proxy. So each node announces a port on
 * which nobody listens, one of its own: nodes tell their peers apart by it.
 *
 * @param p2p - further settings of neo-go's `P2P` section, to try others
 */
export function routePeers(files: NetworkFolder, proxy: PeerProxy, p2p: Readonly<Record<string, unknown>> = {}): void {
  for (const [index, node] of files.nodes.entries()) {
    const settings = JSON.parse(readFileSync(node.configFile, 'utf8')) as PeerSettings
    const others = [...files.nodes.keys()].filter(other => other !== index)
    const routed = {
      ...settings,
      ProtocolConfiguration: {
        ...settings.ProtocolConfiguration,
        SeedList: others.map(other => `127.0.0.1:${proxy.portOf(index, other)}`),
      },
      ApplicationConfiguration: {
        ...settings.ApplicationConfiguration,
        P2P: {
          ...settings.ApplicationConfiguration.P2P,
          Addresses: [`127.0.0.1:${node.ports.p2p}:${deadPort(index)}`],
          ...p2p,
        },
      },
    }
    writeFileSync(node.configFile, `${JSON.stringify(routed, null, 2)}\n`, { mode: 0o600, flush: true })
  }
}

/** Ports from 1 on: assigned long ago to services that nobody runs. A dial is refused at once. */
function deadPort(index: number): number {
  return index + 1
}
