import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ChainError,
  type ChainProof,
  type FabricTrust,
  NeoChain,
  type NetworkId,
  type View,
  verifyFabricProof,
  verifyNeoProof,
} from '@hufu/chains'
import { FabricChain } from '@hufu/chains/fabric'
import { type AssetEnd, FabricTitles, NeoTitles } from '@hufu/chains/titles'
import { FileOutbox } from '@hufu/files'
import { LedgerClient, type NetworkDescriptor, parseNetworkDescriptor, singleAccount, trustAnchorOf } from '@hufu/ledger'
import { readConfiguredFile, ServiceError } from '@hufu/service'
import type { GatewayConfig } from '../config.ts'
import type { ChainSettings, FabricChainSettings, NeoChainSettings, TrustSettings } from '../settings/chain-settings.ts'
import type { GatewaySettings } from '../settings/gateway-settings.ts'
import { readGatewayKey } from '../settings/read-gateway-key.ts'
import type { GatewayChains, OpenedChains } from './gateway-chains.ts'

/** A chain that this gateway speaks for. */
interface OpenedChain {
  readonly end?: AssetEnd
  readonly adapter: NonNullable<ReturnType<GatewayChains['adapterOf']>>
  close(): Promise<void>
}

type Verifier = (proof: ChainProof) => Promise<View>

/**
 * Opens the chains of the settings.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: a file is missing, or a chain is another than its name says; ChainError `ERR_CHAIN_UNREACHABLE`
 */
export async function openChains(config: GatewayConfig, settings: GatewaySettings): Promise<OpenedChains> {
  const opened = new Map<NetworkId, OpenedChain>()
  const verifiers = new Map<NetworkId, Verifier>()
  const close = async () => void (await Promise.all([...opened.values()].map(chain => chain.close())))
  try {
    for (const { id, chain, trust } of settings.networks) {
      if (chain !== undefined) opened.set(id, await openChain(id, chain, { config, did: settings.did }))
      const trusted = chain ?? trust
      if (trusted !== undefined) verifiers.set(id, await verifierOf(id, trusted))
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    endOf: network => opened.get(network)?.end,
    adapterOf: network => opened.get(network)?.adapter,
    verifierOf: network => verifiers.get(network),
    close,
  }
}

interface Surroundings {
  readonly config: GatewayConfig
  readonly did: string
}

function openChain(id: NetworkId, chain: ChainSettings, surroundings: Surroundings): Promise<OpenedChain> {
  return chain.kind === 'neo' ? openNeo(id, chain, surroundings) : openFabric(id, chain)
}

async function openNeo(id: NetworkId, { networkFile, accountFile }: NeoChainSettings, surroundings: Surroundings): Promise<OpenedChain> {
  const network = await readNetwork(networkFile)
  const chain = new NeoChain({ network })
  requireName(id, chain.network)
  if (accountFile === undefined) return { adapter: chain, close: async () => undefined }
  const { titles, gateway } = network.contracts
  if (titles === undefined || gateway === undefined)
    throw new ServiceError('ERR_SERVICE_CONFIG', 'networkFile: expected a network with the contracts titles and gateway')
  const { config, did } = surroundings
  await mkdir(config.dataFolder, { recursive: true, mode: 0o700 })
  const outbox = await FileOutbox.open(join(config.dataFolder, `outbox-${network.magic}.journal`))
  const client = new LedgerClient({ network, outbox })
  // What was sent before a crash is looked after again: it may have taken effect, or may yet.
  for (const write of (await client.resume()).values()) write.durable().catch(() => undefined)
  const { signer } = await readGatewayKey(accountFile, did, await readPassphrase(config))
  const end = new NeoTitles({ chain, client, contracts: { titles, gateway }, account: singleAccount(signer) })
  return {
    ...{ end, adapter: chain },
    async close() {
      client.close()
      await outbox.close()
    },
  }
}

async function openFabric(id: NetworkId, settings: FabricChainSettings): Promise<OpenedChain> {
  const { peerAddress, tlsAuthorityFile, mspId, certificateFile, privateKeyFile, chaincode, threshold } = settings
  const chain = await FabricChain.connect({
    peerAddress,
    tlsAuthority: await readConfiguredFile('GATEWAY_FILE, tlsAuthorityFile', tlsAuthorityFile),
    identity: {
      mspId,
      certificate: await readConfiguredFile('GATEWAY_FILE, certificateFile', certificateFile),
      privateKey: await readConfiguredFile('GATEWAY_FILE, privateKeyFile', privateKeyFile),
    },
    trust: fabricTrust(id, settings),
  })
  const end = new FabricTitles({ chain, chaincode, minAssurance: { kind: 'endorsementProof', minEndorsers: threshold } })
  return { end, adapter: chain, close: async () => chain.close() }
}

async function verifierOf(id: NetworkId, trust: ChainSettings | TrustSettings): Promise<Verifier> {
  if (trust.kind === 'fabric') return proof => verifyFabricProof(proof, fabricTrust(id, trust))
  const network = await readNetwork(trust.networkFile)
  requireName(id, `neo3:${network.magic}`)
  const anchor = trustAnchorOf(network)
  return async proof => {
    if (proof.network !== id) throw new ChainError('ERR_CHAIN_NETWORK', 'the proof is of another network')
    return verifyNeoProof(proof, anchor)
  }
}

function fabricTrust(network: NetworkId, trust: Omit<FabricTrust, 'network'>): FabricTrust {
  const { channel, chaincode, endorsers, threshold } = trust
  return { network, channel, chaincode, endorsers, threshold }
}

async function readNetwork(file: string): Promise<NetworkDescriptor> {
  return parseNetworkDescriptor(await readConfiguredFile('GATEWAY_FILE, networkFile', file))
}

function requireName(expected: string, actual: string): void {
  if (expected !== actual) throw new ServiceError('ERR_SERVICE_CONFIG', 'GATEWAY_FILE: a network is another than its id says')
}

async function readPassphrase({ keyPassphraseFile: file }: GatewayConfig): Promise<string | undefined> {
  return file === undefined ? undefined : (await readConfiguredFile('KEY_PASSPHRASE_FILE', file)).trim()
}
