// A title between two real networks of Neo, through two gateways as they are run. Neither network knows the other but by what its council set: a magic number, and who signed a block there.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gateway as gatewayContract, titles } from '@hufu/bindings'
import { NeoChain, parseNetworkId } from '@hufu/chains'
import { NeoTitles, titleLabel } from '@hufu/chains/titles'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToMultikey } from '@hufu/keys'
import { type Account, type ContractCall, trustAnchorOf } from '@hufu/ledger'
import { hexToBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completedAt, GatewayServer, killWhileLeaving } from './gateways/gateway-server.ts'
import { Hufu } from './run-hufu.ts'

/** One network of Neo, and its gateway. */
interface Side {
  readonly did: string
  readonly network: TestNetwork
  readonly id: ReturnType<typeof parseNetworkId>
  readonly registrar: Account
  readonly server: GatewayServer
}

const contentHash = 'c1'.repeat(32)
const name = { 'zh-CN': '网关', en: 'Gateway' }

let folder: string
let hufu: Hufu
let sides: readonly [Side, Side]
let holder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-neo-gateways-'))
  hufu = new Hufu(join(folder, 'home'))
  sides = await Promise.all([sideOf('east', 20_260_101), sideOf('west', 20_260_102)])
  holder = didOf('test', sides[0].registrar.scriptHash)
  const [east, west] = sides
  await Promise.all([found(east, west), found(west, east)])
  await Promise.all([configure(east, west), configure(west, east)])
  await Promise.all(sides.map(({ server }) => server.start()))
}, 300_000)

afterAll(async () => {
  await Promise.all((sides ?? []).flatMap(({ server, network }) => [server.kill(), network.stop()]))
  rmSync(folder, { recursive: true, force: true })
})

async function sideOf(side: string, magic: number): Promise<Side> {
  const network = await startTestNetwork({ validators: 1, magic })
  const [registrar] = (await network.fundedAccounts('bureau')) as [Account]
  const server = await GatewayServer.make(join(folder, side))
  return { did: `did:web:${side}.gateway.example`, network, id: parseNetworkId(`neo3:${magic}`), registrar, server }
}

/** What a council sets: who keeps titles, what is trusted of the other network, and who may speak for it. */
async function found({ network, registrar }: Side, other: Side): Promise<void> {
  const { descriptor, ledger, committee, founding } = network
  const document = { id: didOf('test', registrar.scriptHash) }
  await (await createDid({ client: ledger, network: descriptor }, { account: registrar, document })).durable()
  const [titlesCalls, gatewayCalls] = [titles(descriptor.contracts.titles!.hash), gatewayContract(descriptor.contracts.gateway!.hash)]
  const { magic, blockIndex, nextConsensus } = trustAnchorOf(other.network.descriptor)
  const calls: readonly ContractCall[] = [
    titlesCalls.setRegistrar({ registrar: registrar.scriptHash, on: true }),
    gatewayCalls.setNeoNetwork({
      ...{ magic: BigInt(magic), blockIndex: BigInt(blockIndex), nextConsensus, on: true },
      contractId: BigInt(other.network.descriptor.contracts.titles!.id),
    }),
    titlesCalls.setCustodian({ network: other.id, custodian: registrar.scriptHash }),
    gatewayCalls.setCounterpart({
      ...{ did: other.did, network: other.id, on: true },
      publicKey: (await fixedSigner(other.did)).publicKey.bytes,
    }),
  ]
  for (const [index, call] of calls.entries())
    await (await founding.submit([call], { account: committee, idempotencyKey: `found ${index}` })).durable()
}

async function configure({ did, id, network, server }: Side, other: Side): Promise<void> {
  const networkFile = server.write('network.json', network.descriptor)
  const accountFile = server.writeKey('account.json', `${did}#account`, 'bureau')
  const settings = {
    ...{ did, name, lockForMs: 120_000 },
    networks: [
      { id, name, chain: { kind: 'neo', networkFile, accountFile } },
      { id: other.id, name, trust: { kind: 'neo', networkFile: server.write('other-network.json', other.network.descriptor) } },
    ],
    counterparts: [
      {
        ...{ did: other.did, name, url: other.server.url, networks: [other.id], keyId: `${other.did}#key` },
        keyFile: server.writeKey('key.json', `${did}#key`, did),
        publicKey: publicKeyToMultikey((await fixedSigner(other.did)).publicKey),
      },
    ],
  }
  server.configure(settings)
}

function titlesOf({ network, registrar }: Side): NeoTitles {
  const { descriptor, ledger: client } = network
  const contracts = { titles: descriptor.contracts.titles!, gateway: descriptor.contracts.gateway! }
  return new NeoTitles({ chain: new NeoChain({ network: descriptor }), client, contracts, account: registrar })
}

test('a title goes from one network of Neo to another and back, whatever dies on the way', { timeout: 600_000 }, async () => {
  const [east, west] = sides
  const assetId = `${titleLabel(east.id)}.licence-1`
  const contract = titles(east.network.descriptor.contracts.titles!.hash)
  const issue = contract.issue({ registrar: east.registrar.scriptHash, id: assetId, holder, contentHash: hexToBytes(contentHash) })
  await (await east.network.ledger.submit([issue], { account: east.registrar, idempotencyKey: 'issue' })).durable()

  const there = await east.server.begin(hufu, { asset: assetId, from: east.id, to: west.id, holder, counterpart: west.did })
  await killWhileLeaving(east.server, west.server, there)
  await completedAt([east.server, west.server], there)
  expect(await titlesOf(west).get(assetId)).toEqual({ assetId, holder, contentHash, status: 'held' })
  expect(await titlesOf(east).get(assetId)).toMatchObject({ status: 'left', transferId: there })

  const back = await west.server.begin(hufu, { asset: assetId, from: west.id, to: east.id, holder, counterpart: east.did })
  await completedAt([east.server, west.server], back)
  expect(await titlesOf(east).get(assetId)).toEqual({ assetId, holder, contentHash, status: 'held' })
  expect(await titlesOf(west).get(assetId)).toMatchObject({ status: 'left', transferId: back })
  for (const { server } of sides)
    expect((await hufu.json('gateway', 'status', ...server.options)).value).toMatchObject({
      transfers: { underWay: 0, completed: 2 },
      quarantined: 0,
    })
})
