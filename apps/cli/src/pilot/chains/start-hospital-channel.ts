import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FabricChain, fabricNetworkId, openFabricConnection, pinEndorser } from '@hufu/chains/fabric'
import { type NetworkDescriptor, trustAnchorOf } from '@hufu/ledger'
import { LocalFabric } from '@hufu/network'
import { base64ToBytes, bytesToBase64, bytesToUtf8 } from '@hufu/primitives'
import type { Home } from '../../home.ts'
import type { OtherChain } from './other-chain.ts'

const contract = 'hufu'
const channel = 'hospitals'
const organizations = ['Hospital1', 'Hospital2']
const chaincode = fileURLToPath(new URL('../../../../chaincode/src/main.ts', import.meta.url))

/**
 * A channel that two hospitals share, each with a peer of real Hyperledger Fabric, and our chaincode, which their administrator tells once who Neo's
 * validators were in the beginning. New on every start: what it holds of Neo anybody can bring again.
 *
 * @throws NetworkError, ChainError: it could not be set up
 */
export async function startHospitalChannel(home: Home, network: NetworkDescriptor): Promise<OtherChain> {
  const folder = join(home.folder, 'hospital-channel')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const fabric = await LocalFabric.start(folder, { channel, organizations })
  const stop = async (): Promise<void> => {
    await fabric.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const environment = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(home.folder, 'compile-cache') }
    await fabric.deployChaincode({ name: contract, command: [process.execPath, chaincode], environment })
    const chain = await joinChannel(fabric, network)
    return {
      chain,
      setting: {
        en: `${organizations.length} hospitals with a peer each, whose answers count only if both sign them: ${chain.network}`,
        'zh-CN': `${organizations.length} 家医院各运行一个节点，双方均签名的答复方可采信：${chain.network}`,
      },
      held: key => heldByChannel(chain, network.magic, key),
      async stop() {
        chain.close()
        await stop()
      },
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Pins Neo in the chaincode. @returns the channel as a hospital's own systems see it: both hospitals must have found what it answers */
async function joinChannel(fabric: LocalFabric, network: NetworkDescriptor): Promise<FabricChain> {
  const { admin, user, ...reach } = fabric.organizations[0]!
  const connection = openFabricConnection({ ...reach, identity: user })
  const networkId = await fabricNetworkId(connection, channel).finally(() => connection.close())
  const trust = {
    network: networkId,
    channel,
    chaincode: contract,
    endorsers: fabric.organizations.map(({ mspId, peerCertificate }) => pinEndorser(mspId, peerCertificate)),
    threshold: organizations.length,
  }
  const administrator = await FabricChain.connect({ ...reach, identity: admin, trust })
  try {
    await administrator.invoke({ contract, method: 'neo.pin', args: [pinOf(network)] }, { idempotencyKey: 'pin' })
  } finally {
    administrator.close()
  }
  return FabricChain.connect({ ...reach, identity: user, trust })
}

function pinOf(network: NetworkDescriptor): string {
  const { identifiers, status, trust } = network.contracts
  const { magic, blockIndex, nextConsensus } = trustAnchorOf(network)
  return JSON.stringify({ name: network.name, magic, blockIndex, nextConsensus, contracts: { identifiers, status, trust } })
}

async function heldByChannel(chain: FabricChain, magic: number, key: Uint8Array): ReturnType<OtherChain['held']> {
  const path = ['neo.entry', String(magic), 'status', bytesToBase64(key)]
  const minAssurance = { kind: 'endorsementProof', minEndorsers: organizations.length } as const
  const { value: answer, assurance } = await chain.read({ contract, path }, { minAssurance })
  const { value, blockIndex } = JSON.parse(bytesToUtf8(answer)) as { readonly value: string; readonly blockIndex: number }
  return { value: base64ToBytes(value), neoBlock: blockIndex, assurance }
}
