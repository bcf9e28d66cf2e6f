import { bytesToHex } from '@hufu/primitives'
import type { NetworkFolder } from '../network-folder.ts'
import { localProtocol } from '../protocol-settings.ts'
import { ValidatorError } from './errors.ts'
import { genesisHash } from './genesis-hash.ts'
import { type NetworkFile, type NetworkFileSoftware, type NetworkFileValidator, networkFileText, parseNetworkFile } from './network-file.ts'

/** What people decide about a network; the rest follows. With a file before it, only what is to change. */
export type NetworkPlan = Partial<Omit<NetworkFile, 'format' | 'sequence' | 'issuedAt' | 'genesis'>>

const defaultTurnMs = 600_000

/**
 * A network file to be signed: the next one, or the first, whose validators are those of genesis.
 *
 * @param software - what to name if neither plan nor file before says
 * @throws ValidatorError `ERR_VALIDATOR_NETWORK_FILE`: the plan lacks something, or has something wrong
 */
export function draftNetworkFile(
  plan: NetworkPlan,
  {
    previous,
    issuedAt,
    software,
  }: { readonly previous?: NetworkFile; readonly issuedAt: string; readonly software: readonly NetworkFileSoftware[] },
): NetworkFile {
  const unknown = Object.keys(plan).find(name => !planMembers.includes(name))
  if (unknown !== undefined)
    throw new ValidatorError('ERR_VALIDATOR_NETWORK_FILE', `network plan: expected no members but ${planMembers.join(', ')}`)
  const draft = {
    protocol: localProtocol,
    software,
    council: null,
    turnMs: defaultTurnMs,
    production: true,
    ...previous,
    ...plan,
    format: 'hufu-network-file',
    sequence: (previous?.sequence ?? 0) + 1,
    issuedAt,
    genesis: previous?.genesis ?? genesisOf(plan.validators),
  }
  // By the door that everybody's files come through.
  return parseNetworkFile(networkFileText({ network: draft as NetworkFile, signatures: [] })).network
}

const planMembers = ['name', 'magic', 'production', 'validators', 'protocol', 'software', 'council', 'turnMs']

function genesisOf(validators: readonly NetworkFileValidator[] | undefined): NetworkFile['genesis'] {
  try {
    const standbyKeys = validators!.map(each => each.publicKey)
    return { standbyKeys, hash: genesisHash(standbyKeys) }
  } catch (cause) {
    throw new ValidatorError('ERR_VALIDATOR_NETWORK_FILE', 'network plan: validators: expected entries with P-256 keys', { cause })
  }
}

/** The plan of a local network, as its folder has it. */
export function localNetworkPlan(folder: NetworkFolder): NetworkPlan {
  return {
    name: folder.name,
    magic: folder.magic,
    production: false,
    turnMs: 60_000,
    validators: folder.nodes.map(({ name, ports }, index) => ({
      name,
      publicKey: bytesToHex(folder.signers[index]!.publicKey.bytes),
      p2p: `127.0.0.1:${ports.p2p}`,
      rpcUrl: `http://127.0.0.1:${ports.rpc}`,
      metricsUrl: `http://127.0.0.1:${ports.metrics}/metrics`,
    })),
  }
}
