// A title between a real network of Neo and a real channel of Fabric 3.1.1, through two gateways as they are run: servers of their own, talked to by the command line.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gateway as gatewayContract, titles } from '@hufu/bindings'
import { type FabricTrust, type NetworkId, parseNetworkId } from '@hufu/chains'
import { FabricChain, fabricNetworkId, openFabricConnection, pinEndorser } from '@hufu/chains/fabric'
import { FabricTitles, titleLabel } from '@hufu/chains/titles'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToMultikey } from '@hufu/keys'
import { type Account, type ContractCall, trustAnchorOf } from '@hufu/ledger'
import { hexToBytes } from '@hufu/primitives'
import { fixedSigner, startFabricNetwork, startTestNetwork, type TestFabric, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completedAt, GatewayServer, killWhileLeaving } from './gateways/gateway-server.ts'
import { Hufu } from './run-hufu.ts'

const contentHash = 'c0'.repeat(32)
const name = { 'zh-CN': '网关', en: 'Gateway' }
const neoGateway = 'did:web:neo.gateway.example'
const fabricGateway = 'did:web:fabric.gateway.example'

let neo: TestNetwork
let fabric: TestFabric
let folder: string
let hufu: Hufu
let registrar: Account
let holder: string
let trust: FabricTrust
let neoNetwork: NetworkId
let hospital: FabricChain
let ours: GatewayServer
let theirs: GatewayServer

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-gateways-'))
  hufu = new Hufu(join(folder, 'home'))
  ;[neo, fabric] = await Promise.all([
    startTestNetwork({ validators: 1 }),
    startFabricNetwork({ organizations: ['Hospital1', 'Hospital2'] }),
  ])
  neoNetwork = parseNetworkId(`neo3:${neo.descriptor.magic}`)
  const [first] = fabric.fabric.organizations
  const reached = { peerAddress: first!.peerAddress, tlsAuthority: first!.tlsAuthority }
  const connection = openFabricConnection({ ...reached, identity: first!.user })
  trust = {
    ...{
      network: await fabricNetworkId(connection, fabric.fabric.channel),
      channel: fabric.fabric.channel,
      chaincode: 'hufu',
      threshold: 2,
    },
    endorsers: fabric.fabric.organizations.map(({ mspId, peerCertificate }) => pinEndorser(mspId, peerCertificate)),
  }
  connection.close()
  ;[registrar] = (await neo.fundedAccounts('bureau')) as [Account]
  holder = didOf('test', registrar.scriptHash)
  hospital = await FabricChain.connect({ ...reached, identity: first!.user, trust })
  await Promise.all([foundNeo(), foundChannel()])
  ;[ours, theirs] = await Promise.all([GatewayServer.make(join(folder, 'neo')), GatewayServer.make(join(folder, 'fabric'))])
  await writeSettings()
  await Promise.all([ours.start(), theirs.start()])
}, 300_000)

afterAll(async () => {
  await Promise.all([ours?.kill(), theirs?.kill()])
  hospital?.close()
  await Promise.all([neo?.stop(), fabric?.stop()])
  rmSync(folder, { recursive: true, force: true })
})

/** What the council sets: who keeps titles, what is trusted of the channel, and who may speak for it. */
async function foundNeo(): Promise<void> {
  const { descriptor, ledger, committee, founding } = neo
  await (await createDid({ client: ledger, network: descriptor }, { account: registrar, document: { id: holder } })).durable()
  const [titlesCalls, gatewayCalls] = [titles(descriptor.contracts.titles!.hash), gatewayContract(descriptor.contracts.gateway!.hash)]
  const calls: readonly ContractCall[] = [
    titlesCalls.setRegistrar({ registrar: registrar.scriptHash, on: true }),
    gatewayCalls.setFabricNetwork({
      ...{ network: trust.network, channel: trust.channel, chaincode: trust.chaincode, threshold: 2n, on: true },
      mspIds: trust.endorsers.map(({ mspId }) => mspId),
      publicKeys: trust.endorsers.map(({ publicKey }) => hexToBytes(publicKey)),
    }),
    titlesCalls.setCustodian({ network: trust.network, custodian: registrar.scriptHash }),
    gatewayCalls.setCounterpart({
      ...{ did: fabricGateway, network: trust.network, on: true },
      publicKey: (await fixedSigner('fabric gateway to neo gateway')).publicKey.bytes,
    }),
  ]
  for (const [index, call] of calls.entries())
    await (await founding.submit([call], { account: committee, idempotencyKey: `found ${index}` })).durable()
}

/** What the channel's administrator sets. */
async function foundChannel(): Promise<void> {
  const { descriptor } = neo
  const { nextConsensus, blockIndex } = trustAnchorOf(descriptor)
  const { identifiers, status, trust: registry } = descriptor.contracts
  const [{ admin, peerAddress, tlsAuthority }] = fabric.fabric.organizations as [(typeof fabric.fabric.organizations)[0]]
  const administrator = await FabricChain.connect({ peerAddress, tlsAuthority, identity: admin, trust })
  const pin = { name: 'test', magic: descriptor.magic, blockIndex, nextConsensus, contracts: { identifiers, status, trust: registry } }
  const rules = {
    ...{ network: trust.network, registrars: { Hospital1MSP: [holder] } },
    networks: { [neoNetwork]: { contractId: descriptor.contracts.titles!.id, isOn: true } },
  }
  await administrator.invoke({ contract: 'hufu', method: 'neo.pin', args: [JSON.stringify(pin)] }, { idempotencyKey: 'pin' })
  await administrator.invoke({ contract: 'hufu', method: 'title.rules', args: [JSON.stringify(rules)] }, { idempotencyKey: 'rules' })
  administrator.close()
}

async function writeSettings(): Promise<void> {
  const networkFile = ours.write('network.json', neo.descriptor)
  const [{ user, peerAddress, tlsAuthority }] = fabric.fabric.organizations as [(typeof fabric.fabric.organizations)[0]]
  const { network, channel, chaincode, endorsers, threshold } = trust
  const pinned = { kind: 'fabric', channel, chaincode, endorsers, threshold }
  const neoSettings = {
    ...{ did: neoGateway, name, lockForMs: 120_000 },
    networks: [
      {
        id: neoNetwork,
        name,
        chain: { kind: 'neo', networkFile, accountFile: ours.writeKey('account.json', `${neoGateway}#account`, 'bureau') },
      },
      { id: network, name, trust: pinned },
    ],
    counterparts: [
      {
        ...{ did: fabricGateway, name, url: theirs.url, networks: [network], keyId: `${fabricGateway}#to-neo` },
        keyFile: ours.writeKey('key.json', `${neoGateway}#to-fabric`, 'neo gateway to fabric gateway'),
      },
    ],
  }
  const fabricSettings = {
    ...{ did: fabricGateway, name, lockForMs: 120_000 },
    networks: [
      {
        ...{ id: network, name },
        chain: {
          ...{ ...pinned, peerAddress, mspId: user.mspId, tlsAuthorityFile: theirs.write('tls.pem', tlsAuthority) },
          ...{ certificateFile: theirs.write('user.pem', user.certificate), privateKeyFile: theirs.write('user.key', user.privateKey) },
        },
      },
      { id: neoNetwork, name, trust: { kind: 'neo', networkFile } },
    ],
    counterparts: [
      {
        ...{ did: neoGateway, name, url: ours.url, networks: [neoNetwork], keyId: `${neoGateway}#to-fabric` },
        publicKey: publicKeyToMultikey((await fixedSigner('neo gateway to fabric gateway')).publicKey),
        keyFile: theirs.writeKey('key.json', `${fabricGateway}#to-neo`, 'fabric gateway to neo gateway'),
      },
    ],
    views: [{ network, contract: 'hufu', path: ['title.get', '*'], minAssurance: { kind: 'endorsementProof', minEndorsers: 2 } }],
  }
  ours.configure(neoSettings, { NETWORK_FILE: networkFile })
  theirs.configure(fabricSettings)
}

test('a title goes from Neo to Fabric and back, whatever dies on the way; its view is proven; what is off begins nothing', {
  timeout: 600_000,
}, async () => {
  const assetId = `${titleLabel(neoNetwork)}.licence-1`
  const contract = titles(neo.descriptor.contracts.titles!.hash)
  const issue = contract.issue({ registrar: registrar.scriptHash, id: assetId, holder, contentHash: hexToBytes(contentHash) })
  await (await neo.ledger.submit([issue], { account: registrar, idempotencyKey: 'issue' })).durable()

  // Both gateways are killed while it is on its way, and started again.
  const outward = { asset: assetId, from: neoNetwork, to: trust.network, holder, counterpart: fabricGateway }
  const there = await ours.begin(hufu, outward)
  await killWhileLeaving(ours, theirs, there)
  await completedAt([ours, theirs], there)
  const channel = new FabricTitles({ chain: hospital, chaincode: 'hufu', minAssurance: { kind: 'endorsementProof', minEndorsers: 2 } })
  expect(await channel.get(assetId)).toEqual({ assetId, holder, contentHash, status: 'held' })

  // The gateway of Neo sees the title on the channel, by two organisations' signatures.
  const answer = await ours.fetch('/views/ask', {
    ...{ counterpart: fabricGateway, network: trust.network, contract: 'hufu', path: ['title.get', assetId] },
    minAssurance: { kind: 'endorsementProof', minEndorsers: 2 },
  })
  const view = (await answer.json()) as { readonly value: string; readonly assurance: string }
  expect([answer.status, view.assurance]).toEqual([200, 'endorsementProof'])
  expect(JSON.parse(Buffer.from(view.value, 'base64').toString())).toMatchObject({ assetId, status: 'held' })

  // Off: nothing begins. The council's switch would do the same.
  expect((await hufu.json('gateway', 'switch', trust.network, 'off', ...theirs.options)).value).toMatchObject({ isOn: false })
  const homeward = { asset: assetId, from: trust.network, to: neoNetwork, holder, counterpart: neoGateway }
  const terms = Object.entries(homeward).flatMap(([option, value]) => [`--${option}`, value])
  const refused = await hufu.json('gateway', 'transfer', ...theirs.options, ...terms)
  expect([refused.code, refused.value.error.message]).toEqual([1, expect.stringContaining('ERR_GATEWAY_OFF')])
  await hufu.ok('gateway', 'switch', trust.network, 'on', ...theirs.options)

  const back = await theirs.begin(hufu, homeward)
  await completedAt([ours, theirs], back)
  expect(await channel.get(assetId)).toMatchObject({ status: 'left', transferId: back })
  expect(await hufu.ok('gateway', 'transfers', ...ours.options)).toContain(assetId)
  expect((await hufu.json('gateway', 'status', ...ours.options)).value).toMatchObject({
    ...{ transfers: { underWay: 0, completed: 2 }, quarantined: 0 },
    counterparts: [{ did: fabricGateway, isAllowed: true }],
  })
})
