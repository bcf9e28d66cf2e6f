import { quorumOf } from '@hufu/ledger'
import type { NodePorts } from './ports.ts'
import { localProtocol, protocolConfiguration } from './protocol-settings.ts'
import { developmentPassword } from './wallet-file.ts'

/** What the configuration of one validator depends on. */
export interface NodeConfigInput {
  readonly magic: number
  /** Compressed public keys of all validators, hexadecimal. */
  readonly publicKeys: readonly string[]
  readonly ports: readonly NodePorts[]
  /** Which of them this node is. */
  readonly index: number
  /** From the node's folder, in which it runs. */
  readonly walletFile: string
  readonly databaseFile: string
}

/**
 * The node's configuration file: YAML, written as JSON, which is YAML.
 *
 * Blocks come on demand: 200 ms after a transaction, else every 2 s. State roots stand in the header, where the light client reads them
 * (docs/decisions/0001-state-roots.md), and the metrics tell what is on disk (0002-durable-acknowledgement.md).
 */
export function nodeConfig({ magic, publicKeys, ports, index, walletFile, databaseFile }: NodeConfigInput): string {
  const { p2p, rpc, metrics } = ports[index]!
  const wallet = { Path: walletFile, Password: developmentPassword }
  const config = {
    ProtocolConfiguration: protocolConfiguration({
      magic,
      standbyKeys: publicKeys,
      settings: localProtocol,
      // Without its own address: a node that dials itself only fills its log.
      seeds: ports.filter((_, other) => other !== index).map(other => `127.0.0.1:${other.p2p}`),
    }),
    ApplicationConfiguration: {
      LogLevel: 'info',
      LogTimestamp: true,
      // BoltDB commits with fsync; LevelDB does not.
      DBConfiguration: { Type: 'boltdb', BoltDBOptions: { FilePath: databaseFile } },
      P2P: {
        Addresses: [`127.0.0.1:${p2p}`],
        DialTimeout: '1s',
        ProtoTickInterval: '1s',
        PingInterval: '5s',
        PingTimeout: '15s',
        MaxPeers: 20,
        AttemptConnPeers: 10,
        // As many as make a quorum with this node: below it, a node looks for peers once a second, else only every 200 s. Consensus waits for as many.
        MinPeers: quorumOf(publicKeys.length) - 1,
      },
      Relay: true,
      Consensus: { Enabled: true, UnlockWallet: wallet },
      Oracle: { Enabled: false },
      P2PNotary: { Enabled: false },
      StateRoot: { Enabled: false },
      RPC: {
        Enabled: true,
        Addresses: [`127.0.0.1:${rpc}`],
        DirectRelay: true,
        MaxGasInvoke: 2000,
        MaxWebSocketClients: 256,
        SessionEnabled: false,
        // Wallets read from their browser; the node's answers are public and checked by the light client.
        EnableCORSWorkaround: true,
      },
      Prometheus: { Enabled: true, Addresses: [`127.0.0.1:${metrics}`] },
      Pprof: { Enabled: false },
    },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
