import { quorumOf } from '@hufu/ledger'
import { protocolConfiguration } from '../protocol-settings.ts'
import type { NetworkFile } from './network-file.ts'
import type { ValidatorSettings } from './validator-folder.ts'

/** What the node's configuration depends on beside the network. */
export interface ValidatorConfigInput {
  readonly network: NetworkFile
  readonly settings: ValidatorSettings
  /** Opens the wallet; null: the node only listens. */
  readonly password: string | null
}

/** The node's configuration: YAML, written as JSON, which is YAML. With a password in it, so it goes to the node by a pipe. */
export function validatorConfig({ network, settings, password }: ValidatorConfigInput): string {
  const others = network.validators.filter(each => each.name !== settings.seat)
  const config = {
    ProtocolConfiguration: protocolConfiguration({
      magic: network.magic,
      standbyKeys: network.genesis.standbyKeys,
      settings: network.protocol,
      seeds: others.map(each => each.p2p),
    }),
    ApplicationConfiguration: {
      LogLevel: 'info',
      LogTimestamp: true,
      // BoltDB commits with fsync; LevelDB does not.
      DBConfiguration: { Type: 'boltdb', BoltDBOptions: { FilePath: 'chain.bolt' } },
      P2P: {
        Addresses: [settings.listen.p2p],
        DialTimeout: '3s',
        ProtoTickInterval: '1s',
        PingInterval: '5s',
        PingTimeout: '15s',
        MaxPeers: 100,
        AttemptConnPeers: 20,
        // As many as make a quorum with this node: below it, a node looks for peers once a second, else only every 200 s. Consensus waits for as many.
        MinPeers: quorumOf(network.validators.length) - 1,
      },
      Relay: true,
      Consensus: {
        Enabled: password !== null,
        ...(password === null ? {} : { UnlockWallet: { Path: 'wallet.json', Password: password } }),
      },
      Oracle: { Enabled: false },
      P2PNotary: { Enabled: false },
      StateRoot: { Enabled: false },
      RPC: {
        Enabled: true,
        Addresses: [settings.listen.rpc],
        DirectRelay: true,
        MaxGasInvoke: 2000,
        MaxWebSocketClients: 256,
        SessionEnabled: false,
        // Wallets read from their browser; the node's answers are public and checked by the light client.
        EnableCORSWorkaround: true,
      },
      Prometheus: { Enabled: true, Addresses: [settings.listen.metrics] },
      Pprof: { Enabled: false },
    },
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
