import { createPrivateKey } from 'node:crypto'
import { Client, credentials } from '@grpc/grpc-js'
import { bytesToHex, utf8ToBytes } from '@hufu/primitives'
import { connect, type Gateway, hash, signers } from '@hyperledger/fabric-gateway'
import { type NetworkId, parseNetworkId } from '../../network-id.ts'
import { blockHash } from '../block-hash.ts'
import { fabricFailure } from './fabric-failure.ts'

/** By whom, and in whose name, a channel is reached. */
export interface FabricConnectionOptions {
  /** Host and port of a peer of Fabric 2.4 or newer, which is also the gateway. */
  readonly peerAddress: string
  /** Who vouches for the peer's TLS certificate, PEM. */
  readonly tlsAuthority: string
  /** PEM; the key as PKCS#8. */
  readonly identity: { readonly mspId: string; readonly certificate: string; readonly privateKey: string }
  /** How long a peer may take for one answer; default 15,000. */
  readonly timeoutMs?: number
  /** How long until a transaction must be in a block; default 60,000. */
  readonly commitTimeoutMs?: number
}

/** A connection to a peer's gateway; close it. */
export interface FabricConnection {
  readonly gateway: Gateway
  close(): void
}

/** Connects when it is first used. */
export function openFabricConnection(options: FabricConnectionOptions): FabricConnection {
  const { peerAddress, tlsAuthority, identity, timeoutMs = 15_000, commitTimeoutMs = 60_000 } = options
  const client = new Client(peerAddress, credentials.createSsl(Buffer.from(tlsAuthority)), {
    // A peer that comes back is found within a second.
    'grpc.max_reconnect_backoff_ms': 1_000,
    'grpc.initial_reconnect_backoff_ms': 100,
  })
  const within = (ms: number) => () => ({ deadline: Date.now() + ms })
  const gateway = connect({
    client,
    identity: { mspId: identity.mspId, credentials: utf8ToBytes(identity.certificate) },
    signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKey)),
    hash: hash.sha256,
    evaluateOptions: within(timeoutMs),
    endorseOptions: within(timeoutMs),
    submitOptions: within(timeoutMs),
    commitStatusOptions: within(commitTimeoutMs),
  })
  return {
    gateway,
    close() {
      gateway.close()
      client.close()
    },
  }
}

/**
 * Name of the network that a channel belongs to, from the hash of its first block: the peer's word. To be compared with what was pinned.
 *
 * @throws ChainError `ERR_CHAIN_UNREACHABLE`, `ERR_CHAIN_REFUSED`
 */
export async function fabricNetworkId({ gateway }: FabricConnection, channel: string): Promise<NetworkId> {
  try {
    const block = await gateway.getNetwork(channel).getContract('qscc').evaluateTransaction('GetBlockByNumber', channel, '0')
    return parseNetworkId(`fabric:${channel}@${bytesToHex(blockHash(block)).slice(0, 16)}`)
  } catch (error) {
    throw fabricFailure(error, 'asking')
  }
}
