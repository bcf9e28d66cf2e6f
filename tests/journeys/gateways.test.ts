// A title between a real network of Neo and a real channel of Fabric 3.1.1, through two gateways as they are run: servers of their own, talked to by the command line.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gateway as gatewayContract, titles } from '@hufu/bindings'
import { type FabricTrust, type NetworkId, parseNetworkId } from '@hufu/chains'
import { FabricChain, fabricNetworkId, openFabricConnection, pinEndorser } from '@hufu/chains/fabric'
import { FabricTitles, titleLabel } from '@hufu/chains/titles'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToMultikey } from '@hufu/keys'
import { type Account, type ContractCall, trustAnchorOf } from '@hufu/ledger'
import { bytesToBase64url, hexToBytes } from '@hufu/primitives'
import { fixedSecret, fixedSigner, freePort, startFabricNetwork, startTestNetwork, type TestFabric, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Hufu } from './run-hufu.ts'

const main = fileURLToPath(new URL('../../apps/gateway/src/main.ts', import.meta.url))
const contentHash = 'c0'.repeat(32)
const operatorToken = 'an-operators-token-in-this-test-long-enough'
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
const servers: Record<'neo' | 'fabric', { process?: ChildProcess; readonly port: number; readonly environment: Record<string, string> }> =
  {} as never

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
  await writeSettings()
  await Promise.all([start('neo'), start('fabric')])
}, 300_000)

afterAll(async () => {
  for (const server of Object.values(servers)) server.process?.kill('SIGKILL')
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

function write(file: string, content: string | object): string {
  const path = join(folder, file)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

async function writeSettings(): Promise<void> {
  const ports = { neo: await freePort(), fabric: await freePort() }
  const networkFile = write('network.json', neo.descriptor)
  const [{ user, peerAddress, tlsAuthority }] = fabric.fabric.organizations as [(typeof fabric.fabric.organizations)[0]]
  const key = (file: string, id: string, secretName: string) =>
    write(file, { version: 1, id, secret: bytesToBase64url(fixedSecret(secretName)) })
  const { network, channel, chaincode, endorsers, threshold } = trust
  const pinned = { kind: 'fabric', channel, chaincode, endorsers, threshold }
  const neoSettings = {
    ...{ did: neoGateway, name, lockForMs: 120_000 },
    networks: [
      { id: neoNetwork, name, chain: { kind: 'neo', networkFile, accountFile: key('account.json', `${neoGateway}#account`, 'bureau') } },
      { id: network, name, trust: pinned },
    ],
    counterparts: [
      {
        ...{ did: fabricGateway, name, url: `http://localhost:${ports.fabric}`, networks: [network], keyId: `${fabricGateway}#to-neo` },
        keyFile: key('neo-key.json', `${neoGateway}#to-fabric`, 'neo gateway to fabric gateway'),
      },
    ],
  }
  const fabricSettings = {
    ...{ did: fabricGateway, name, lockForMs: 120_000 },
    networks: [
      {
        ...{ id: network, name },
        chain: {
          ...{ ...pinned, peerAddress, mspId: user.mspId, tlsAuthorityFile: write('tls.pem', tlsAuthority) },
          ...{ certificateFile: write('user.pem', user.certificate), privateKeyFile: write('user.key', user.privateKey) },
        },
      },
      { id: neoNetwork, name, trust: { kind: 'neo', networkFile } },
    ],
    counterparts: [
      {
        ...{ did: neoGateway, name, url: `http://localhost:${ports.neo}`, networks: [neoNetwork], keyId: `${neoGateway}#to-fabric` },
        publicKey: publicKeyToMultikey((await fixedSigner('neo gateway to fabric gateway')).publicKey),
        keyFile: key('fabric-key.json', `${fabricGateway}#to-neo`, 'fabric gateway to neo gateway'),
      },
    ],
    views: [{ network, contract: 'hufu', path: ['title.get', '*'], minAssurance: { kind: 'endorsementProof', minEndorsers: 2 } }],
  }
  write('token', operatorToken)
  const environment = { OPERATOR_TOKEN_FILE: join(folder, 'token'), LOOPBACK_PEERS: 'allow', RATE_LIMIT_PERCENT: '0', LOG_LEVEL: 'error' }
  servers.neo = {
    port: ports.neo,
    environment: { ...environment, NETWORK_FILE: networkFile, GATEWAY_FILE: write('neo-gateway.json', neoSettings) },
  }
  servers.fabric = { port: ports.fabric, environment: { ...environment, GATEWAY_FILE: write('fabric-gateway.json', fabricSettings) } }
}

async function start(side: 'neo' | 'fabric'): Promise<void> {
  const { port, environment } = servers[side]
  const dataFolder = join(folder, `data-${side}`)
  mkdirSync(dataFolder, { recursive: true })
  const env = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: join(tmpdir(), 'hufu-test-compile-cache'),
    ...environment,
    PORT: String(port),
    DATA_FOLDER: dataFolder,
  }
  const child = spawn(process.execPath, [main], { stdio: ['ignore', 'ignore', 'inherit'], env })
  servers[side].process = child
  await untilTrue(async () => {
    if (child.exitCode !== null) throw new Error('the gateway ended')
    const answer = await fetch(`http://localhost:${port}/health/ready`).catch(() => undefined)
    return answer?.ok === true
  })
}

async function kill(side: 'neo' | 'fabric'): Promise<void> {
  const child = servers[side].process!
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

async function untilTrue(holds: () => Promise<boolean>, timeoutMs = 180_000): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to that in time')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

function at(side: 'neo' | 'fabric'): readonly string[] {
  return ['--url', `http://localhost:${servers[side].port}`, '--token-file', join(folder, 'token')]
}

async function begin(side: 'neo' | 'fabric', assetId: string): Promise<string> {
  const [from, to] = side === 'neo' ? [neoNetwork, trust.network] : [trust.network, neoNetwork]
  const { code, value } = await hufu.json(
    ...['gateway', 'transfer', ...at(side), '--asset', assetId, '--from', from, '--to', to, '--holder', holder],
    ...['--counterpart', side === 'neo' ? fabricGateway : neoGateway],
  )
  expect(code).toBe(0)
  return value.transferId as string
}

/** As the gateway's API says: the command line takes a second to start. */
async function transferAt(side: 'neo' | 'fabric', id: string): Promise<{ readonly state: string; readonly asset: string } | undefined> {
  const headers = { authorization: `Bearer ${operatorToken}` }
  const answer = await fetch(`http://localhost:${servers[side].port}/transfers/${id}`, { headers }).catch(() => undefined)
  return answer?.ok === true ? ((await answer.json()) as { transfer: { state: string; asset: string } }).transfer : undefined
}

async function completed(id: string): Promise<void> {
  for (const side of ['neo', 'fabric'] as const) await untilTrue(async () => (await transferAt(side, id))?.state === 'completed')
}

test('a title goes from Neo to Fabric and back, whatever dies on the way; its view is proven; what is off begins nothing', {
  timeout: 600_000,
}, async () => {
  const assetId = `${titleLabel(neoNetwork)}.licence-1`
  const contract = titles(neo.descriptor.contracts.titles!.hash)
  const issue = contract.issue({ registrar: registrar.scriptHash, id: assetId, holder, contentHash: hexToBytes(contentHash) })
  await (await neo.ledger.submit([issue], { account: registrar, idempotencyKey: 'issue' })).durable()

  // Both gateways are killed while it is on its way, and started again.
  const there = await begin('neo', assetId)
  await untilTrue(async () => ['leaving', 'left'].includes((await transferAt('neo', there))?.asset ?? ''))
  await Promise.all([kill('neo'), kill('fabric')])
  await Promise.all([start('neo'), start('fabric')])
  await completed(there)
  const channel = new FabricTitles({ chain: hospital, chaincode: 'hufu', minAssurance: { kind: 'endorsementProof', minEndorsers: 2 } })
  expect(await channel.get(assetId)).toEqual({ assetId, holder, contentHash, status: 'held' })

  // The gateway of Neo sees the title on the channel, by two organisations' signatures.
  const answer = await fetch(`http://localhost:${servers.neo.port}/views/ask`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ counterpart: fabricGateway, network: trust.network, contract: 'hufu', path: ['title.get', assetId] },
      minAssurance: { kind: 'endorsementProof', minEndorsers: 2 },
    }),
  })
  const view = (await answer.json()) as { readonly value: string; readonly assurance: string }
  expect([answer.status, view.assurance]).toEqual([200, 'endorsementProof'])
  expect(JSON.parse(Buffer.from(view.value, 'base64').toString())).toMatchObject({ assetId, status: 'held' })

  // Off: nothing begins. The council's switch would do the same.
  expect((await hufu.json('gateway', 'switch', trust.network, 'off', ...at('fabric'))).value).toMatchObject({ isOn: false })
  const [from, to] = [trust.network, neoNetwork]
  const terms = ['--asset', assetId, '--from', from, '--to', to, '--holder', holder, '--counterpart', neoGateway]
  const refused = await hufu.json('gateway', 'transfer', ...at('fabric'), ...terms)
  expect([refused.code, refused.value.error.message]).toEqual([1, expect.stringContaining('ERR_GATEWAY_OFF')])
  await hufu.ok('gateway', 'switch', trust.network, 'on', ...at('fabric'))

  const back = await begin('fabric', assetId)
  await completed(back)
  expect(await channel.get(assetId)).toMatchObject({ status: 'left', transferId: back })
  expect(await hufu.ok('gateway', 'transfers', ...at('neo'))).toContain(assetId)
  expect((await hufu.json('gateway', 'status', ...at('neo'))).value).toMatchObject({
    ...{ transfers: { underWay: 0, completed: 2 }, quarantined: 0 },
    counterparts: [{ did: fabricGateway, isAllowed: true }],
  })
})
