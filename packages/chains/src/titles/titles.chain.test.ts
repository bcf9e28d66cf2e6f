import { gateway, titles, titlesFaults } from '@hufu/bindings'
import { createDid, didOf } from '@hufu/did'
import { type Account, type ContractCall, type ContractDescriptor, type LedgerError, trustAnchorOf } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, bytesToHex, hexToBytes, randomBytes } from '@hufu/primitives'
import { startFabricNetwork, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChainProof } from '../adapter.ts'
import { FabricChain } from '../fabric/client/fabric-chain.ts'
import { fabricNetworkId, openFabricConnection } from '../fabric/client/fabric-connection.ts'
import { pinEndorser } from '../fabric/client/pin-endorser.ts'
import type { FabricTrust } from '../fabric/fabric-proof.ts'
import { type FabricAnswerArguments, fabricAnswerArguments } from '../neo/gateway-arguments.ts'
import { NeoChain } from '../neo/neo-chain.ts'
import type { NetworkId } from '../network-id.ts'
import type { AssetEnd } from './asset-end.ts'
import { FabricTitles } from './fabric-titles.ts'
import { NeoTitles } from './neo-titles.ts'
import { titleLabel } from './title-form.ts'
import type { Transfer } from './transfer.ts'

// Real: two networks of Neo with our contracts, whose validators have the same keys, and Hyperledger Fabric 3.1.1 with two organisations. All is tried at
// once, for most of the time goes by between a block and the next.
const [here, there, { fabric, stop }] = await Promise.all([
  startTestNetwork({ validators: 1 }),
  startTestNetwork({ validators: 1, magic: 20_260_102 }),
  startFabricNetwork({ organizations: ['Hospital1', 'Hospital2'] }),
])
const [first, second] = fabric.organizations as [(typeof fabric.organizations)[0], (typeof fabric.organizations)[0]]
const minAssurance = { kind: 'endorsementProof', minEndorsers: 2 } as const
const contentHash = 'c0'.repeat(32)
const refusedWith = (code: string) => expect.objectContaining({ code })
/** Found out before it is sent, or by the contract. */
const notLeft = expect.objectContaining({ code: expect.stringMatching(/^ERR_CHAIN_(PROOF|REFUSED)$/) })

interface NeoSide {
  readonly network: TestNetwork
  readonly chain: NeoChain
  readonly registrar: Account
  readonly contracts: { readonly titles: ContractDescriptor; readonly gateway: ContractDescriptor }
  readonly end: NeoTitles
}

let neo: NeoSide
let other: NeoSide
let trust: FabricTrust
let hospital: FabricChain
let stranger: FabricChain
let administrator: FabricChain
let channel: FabricTitles
/** DID of the institution that holds titles, on either network of Neo. */
let bureau: string

beforeAll(async () => {
  const connection = openFabricConnection(connectionOf(first))
  trust = {
    network: await fabricNetworkId(connection, fabric.channel),
    channel: fabric.channel,
    chaincode: 'hufu',
    endorsers: fabric.organizations.map(({ mspId, peerCertificate }) => pinEndorser(mspId, peerCertificate)),
    threshold: 2,
  }
  connection.close()
  hospital = await FabricChain.connect({ ...connectionOf(first), trust })
  stranger = await FabricChain.connect({ ...connectionOf(second), trust })
  administrator = await FabricChain.connect({ ...connectionOf(first), identity: first.admin, trust })
  channel = new FabricTitles({ chain: hospital, chaincode: 'hufu', minAssurance })
  ;[neo, other] = await Promise.all([neoSide(here), neoSide(there)])
  bureau = didOf('test', neo.registrar.scriptHash)
  await Promise.all([foundTitles(neo, other), foundTitles(other, neo), foundChannel()])
})

afterAll(async () => {
  for (const each of [hospital, stranger, administrator]) each?.close()
  await Promise.all([here.stop(), there.stop(), stop()])
})

function connectionOf(organization: typeof first) {
  const { peerAddress, tlsAuthority, user: identity } = organization
  return { peerAddress, tlsAuthority, identity }
}

async function neoSide(network: TestNetwork): Promise<NeoSide> {
  const chain = new NeoChain({ network: network.descriptor })
  const [registrar] = (await network.fundedAccounts('bureau')) as [Account]
  const contracts = { titles: network.descriptor.contracts.titles!, gateway: network.descriptor.contracts.gateway! }
  return { network, chain, registrar, contracts, end: new NeoTitles({ chain, client: network.ledger, contracts, account: registrar }) }
}

/** What the council sets on a network of Neo. */
async function foundTitles({ network, contracts, registrar }: NeoSide, from: NeoSide): Promise<void> {
  const { descriptor, ledger, committee, founding } = network
  const document = { id: didOf('test', registrar.scriptHash) }
  await (await createDid({ client: ledger, network: descriptor }, { account: registrar, document })).durable()
  const [titlesCalls, gatewayCalls] = [titles(contracts.titles.hash), gateway(contracts.gateway.hash)]
  const anchor = trustAnchorOf(from.network.descriptor)
  const calls: ContractCall[] = [
    titlesCalls.setRegistrar({ registrar: registrar.scriptHash, on: true }),
    gatewayCalls.setNeoNetwork({
      magic: BigInt(anchor.magic),
      blockIndex: BigInt(anchor.blockIndex),
      nextConsensus: anchor.nextConsensus,
      contractId: BigInt(from.contracts.titles.id),
      on: true,
    }),
    gatewayCalls.setFabricNetwork({
      network: trust.network,
      channel: trust.channel,
      chaincode: trust.chaincode,
      threshold: 2n,
      mspIds: trust.endorsers.map(({ mspId }) => mspId),
      publicKeys: trust.endorsers.map(({ publicKey }) => hexToBytes(publicKey)),
      on: true,
    }),
    titlesCalls.setCustodian({ network: from.chain.network, custodian: registrar.scriptHash }),
    titlesCalls.setCustodian({ network: trust.network, custodian: registrar.scriptHash }),
  ]
  for (const call of calls)
    await (await founding.submit([call], { account: committee, idempotencyKey: `${call.method} ${calls.indexOf(call)}` })).durable()
}

/** What the channel's administrator sets. */
async function foundChannel(): Promise<void> {
  const { descriptor } = here
  const { nextConsensus, blockIndex } = trustAnchorOf(descriptor)
  const { identifiers, status, trust: registry } = descriptor.contracts
  const pin = { name: 'test', magic: descriptor.magic, blockIndex, nextConsensus, contracts: { identifiers, status, trust: registry } }
  const rules = {
    network: trust.network,
    registrars: { Hospital1MSP: [bureau] },
    networks: { [neo.chain.network]: { contractId: neo.contracts.titles.id, isOn: true } },
  }
  await administrator.invoke({ contract: 'hufu', method: 'neo.pin', args: [JSON.stringify(pin)] }, { idempotencyKey: 'pin' })
  await administrator.invoke({ contract: 'hufu', method: 'title.rules', args: [JSON.stringify(rules)] }, { idempotencyKey: 'rules' })
}

const idOn = (network: NetworkId, name: string) => `${titleLabel(network)}.${name}`
let count = 0

/** Issues a title on a network of Neo. */
async function issue({ network, registrar, contracts, chain }: NeoSide): Promise<string> {
  const id = idOn(chain.network, `licence-${++count}`)
  const call = titles(contracts.titles.hash).issue({
    registrar: registrar.scriptHash,
    id,
    holder: bureau,
    contentHash: hexToBytes(contentHash),
  })
  await (await network.ledger.submit([call], { account: registrar, idempotencyKey: `issue ${id}` })).durable()
  return id
}

function issueOnChannel(name: string): Promise<string> {
  const id = idOn(trust.network, name)
  const call = { contract: 'hufu', method: 'title.issue', args: [id, bureau, contentHash] }
  return hospital.invoke(call, { idempotencyKey: `issue-${id}` }).then(() => id)
}

function transferOf(assetId: string, from: AssetEnd, to: AssetEnd, lockMs = 60_000): Transfer {
  return {
    transferId: bytesToHex(randomBytes(32)),
    assetId,
    contentHash,
    fromNetwork: from.network,
    toNetwork: to.network,
    toHolder: bureau,
    lockUntilMs: Date.now() + lockMs,
  }
}

/** Does what a gateway does, each step twice, and looks where the title is. @returns the proof by which it came */
async function move(transfer: Transfer, from: AssetEnd, to: AssetEnd): Promise<ChainProof> {
  await expect(from.lock(transfer)).resolves.toMatchObject({ repeated: false })
  await from.lock(transfer)
  await expect(from.proveLeft(transfer)).rejects.toThrow(refusedWith('ERR_CHAIN_ABSENT'))
  await expect(from.leave(transfer)).resolves.toMatchObject({ repeated: false })
  await from.leave(transfer)
  const [left, elsewhere] = [await from.get(transfer.assetId), await to.get(transfer.assetId)]
  expect(left).toMatchObject({ status: 'left', transferId: transfer.transferId, toNetwork: to.network, toHolder: transfer.toHolder })
  expect(elsewhere?.status ?? 'left').toBe('left')
  expect(await to.arrived(transfer)).toBe(false)
  const proof = JSON.parse(JSON.stringify(await from.proveLeft(transfer))) as ChainProof
  await expect(to.arrive(transfer, proof)).resolves.toMatchObject({ repeated: false })
  await to.arrive(transfer, proof)
  expect(await to.arrived(transfer)).toBe(true)
  expect(await to.get(transfer.assetId)).toEqual({ assetId: transfer.assetId, holder: transfer.toHolder, contentHash, status: 'held' })
  return proof
}

function flipped(base64: string, at: number): string {
  return bytesToBase64(flippedBytes(base64ToBytes(base64), at))
}

function flippedBytes(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 0x10 : byte))
}

/** What the contract itself says to an answer of the channel, when nothing has looked at it before; undefined if it lets the title in. */
async function contractSays({ transferId, fromNetwork }: Transfer, answer: FabricAnswerArguments): Promise<string | undefined> {
  const call = titles(neo.contracts.titles.hash).arriveFromFabric({ network: fromNetwork, transferId: hexToBytes(transferId), ...answer })
  try {
    await here.ledger.estimateSystemFee([call], { account: neo.registrar })
    return undefined
  } catch (error) {
    return (error as LedgerError).reason
  }
}

describe.concurrent('a title goes', () => {
  test.concurrent('from Neo to Fabric and back, and is in one place at a time', async () => {
    const assetId = await issue(neo)
    await move(transferOf(assetId, neo.end, channel), neo.end, channel)
    await move(transferOf(assetId, channel, neo.end), channel, neo.end)
    expect(await channel.get(assetId)).toMatchObject({ status: 'left' })
  })

  test.concurrent('from one network of Neo to another and back, whose validators have the same keys', async () => {
    const assetId = await issue(neo)
    const proof = await move(transferOf(assetId, neo.end, other.end), neo.end, other.end)
    const way = transferOf(assetId, other.end, neo.end)
    await move(way, other.end, neo.end)
    // The proof by which it once came brings nothing back.
    await other.end.arrive({ ...way, ...transferShownBy(proof, assetId) }, proof).catch((error: unknown) => error)
    expect(await other.end.get(assetId)).toMatchObject({ status: 'left', transferId: way.transferId })
  })

  test.concurrent('that was issued on the channel, to Neo and back', async () => {
    const assetId = await issueOnChannel('permit')
    await move(transferOf(assetId, channel, neo.end), channel, neo.end)
    await move(transferOf(assetId, neo.end, channel), neo.end, channel)
  })
})

/** The transfer that a proof of Neo's names by its key. */
function transferShownBy({ network, evidence }: ChainProof, assetId: string): Pick<Transfer, 'fromNetwork' | 'transferId' | 'assetId'> {
  const { key } = evidence as { readonly key: string }
  return { fromNetwork: network, transferId: bytesToHex(base64ToBytes(key).subarray(1)), assetId }
}

test.concurrent('a gateway that has lost everything but the transfer calls again, and finds it done', async () => {
  const assetId = await issue(neo)
  const transfer = transferOf(assetId, neo.end, channel)
  const anew = () => new NeoTitles({ chain: neo.chain, client: here.client(), contracts: neo.contracts, account: neo.registrar })
  await neo.end.lock(transfer)
  await expect(anew().lock(transfer)).resolves.toMatchObject({ repeated: true })
  await expect(anew().lock({ ...transfer, lockUntilMs: transfer.lockUntilMs + 1 })).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
  await neo.end.leave(transfer)
  for (const step of ['lock', 'leave'] as const) await expect(anew()[step](transfer)).resolves.toMatchObject({ repeated: true })
  await expect(anew().unlock(transfer)).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
  await channel.arrive(transfer, await neo.end.proveLeft(transfer))
  await expect(channel.arrive(transfer, await anew().proveLeft(transfer))).resolves.toMatchObject({ result: expect.anything() })
  const back = transferOf(assetId, channel, neo.end)
  await channel.lock(back)
  await channel.leave(back)
  await neo.end.arrive(back, await channel.proveLeft(back))
  await expect(anew().arrive(back, await channel.proveLeft(back))).resolves.toMatchObject({ repeated: true })
})

describe.concurrent('a channel lets in', () => {
  test.concurrent('nothing that is false, of another entry, or for another network', async () => {
    const assetId = await issue(neo)
    const transfer = transferOf(assetId, neo.end, channel)
    await neo.end.lock(transfer)
    await neo.end.leave(transfer)
    const proof = await neo.end.proveLeft(transfer)
    const bundle = proof.evidence as { headers: string[]; proof: string; key: string; magic: number; contractId: number }
    const refused = async (name: string, changes: object, code = 'ERR_CHAIN_REFUSED') => {
      const forged = { ...proof, evidence: { ...bundle, ...changes } }
      await expect(channel.arrive(transfer, forged), name).rejects.toThrow(refusedWith(code))
    }
    const newest = bundle.headers.at(-1)!
    await refused('a bit of the state root', { headers: [...bundle.headers.slice(0, -1), flipped(newest, 120)] })
    await refused('a bit of a signature', { headers: [...bundle.headers.slice(0, -1), flipped(newest, 160)] })
    await refused('a bit of the proof', { proof: flipped(bundle.proof, 90) })
    await refused('another contract', { contractId: here.descriptor.contracts.trust.id })
    await refused('another network', { magic: there.descriptor.magic })
    const title = await neo.chain.read(
      { contract: String(neo.contracts.titles.id), path: [bytesToBase64(Uint8Array.of(1, ...new TextEncoder().encode(assetId)))] },
      { minAssurance: { kind: 'lightClient' } },
    )
    await refused('the title itself', (await neo.chain.prove(title)).evidence as object, 'ERR_CHAIN_PROOF')
    const elsewhere = transferOf(await issue(neo), neo.end, other.end)
    await neo.end.lock(elsewhere)
    await neo.end.leave(elsewhere)
    await expect(channel.arrive(elsewhere, await neo.end.proveLeft(elsewhere))).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    await expect(channel.arrive(transfer, await neo.end.proveLeft(elsewhere))).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
    expect(await channel.get(assetId)).toBeUndefined()
    // Whoever it is that brings the true one.
    await new FabricTitles({ chain: stranger, chaincode: 'hufu', minAssurance }).arrive(transfer, proof)
    expect(await channel.get(assetId)).toMatchObject({ status: 'held' })
    await other.end.arrive(elsewhere, await neo.end.proveLeft(elsewhere))
  })

  test.concurrent('locks by the registrar alone', async () => {
    const assetId = await issueOnChannel('guarded')
    const transfer = transferOf(assetId, channel, neo.end)
    const others = new FabricTitles({ chain: stranger, chaincode: 'hufu', minAssurance })
    await expect(others.lock(transfer)).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    await expect(channel.lock({ ...transfer, contentHash: 'c1'.repeat(32) })).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    await expect(channel.lock({ ...transfer, toNetwork: other.end.network })).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    expect(await channel.get(assetId)).toMatchObject({ status: 'held' })
  })
})

describe.concurrent('a network of Neo lets in', () => {
  test.concurrent('nothing that is false, signed by one organisation, or not the answer that a title has left', async () => {
    const assetId = await issueOnChannel('forged')
    const transfer = transferOf(assetId, channel, neo.end)
    await channel.lock(transfer)
    const asked = async (path: readonly string[]) =>
      hospital.prove(await hospital.read({ contract: 'hufu', path: [...path] }, { minAssurance }))
    await expect(neo.end.arrive(transfer, await asked(['title.get', assetId]))).rejects.toThrow(notLeft)
    // The leaving as organisations endorse it, before it is ordered: it says all that is asked for, and has not happened.
    const endorsed = await asked(['title.leave', transfer.transferId])
    expect(await channel.get(assetId)).toMatchObject({ status: 'locked' })
    await expect(neo.end.arrive(transfer, endorsed)).rejects.toThrow(notLeft)
    expect(await contractSays(transfer, fabricAnswerArguments(endorsed))).toBe(titlesFaults.question)
    await channel.leave(transfer)
    const proof = await channel.proveLeft(transfer)
    const answer = fabricAnswerArguments(proof)
    for (const name of ['channelHeader', 'signatureHeader', 'proposal', 'answer'] as const)
      expect(await contractSays(transfer, { ...answer, [name]: flippedBytes(answer[name], answer[name].length - 2) }), name).toBeDefined()
    const { endorsers, signatures } = answer
    expect(await contractSays(transfer, { ...answer, signatures: signatures.map(each => flippedBytes(each, 40)) })).toBeDefined()
    expect(await contractSays(transfer, { ...answer, signatures: [...signatures].reverse() })).toBeDefined()
    expect(await contractSays(transfer, { ...answer, endorsers: endorsers.slice(1), signatures: signatures.slice(1) })).toBeDefined()
    expect(await contractSays({ ...transfer, transferId: '00'.repeat(32) }, answer)).toBeDefined()
    expect(await contractSays(transfer, answer)).toBeUndefined()
    await expect(other.end.arrive(transfer, proof)).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    await expect(neo.end.arrive({ ...transfer, fromNetwork: other.end.network }, proof)).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
    expect(await neo.end.get(assetId)).toBeUndefined()
    await neo.end.arrive(transfer, proof)
    expect(await neo.end.get(assetId)).toMatchObject({ status: 'held', holder: bureau })
  })

  test.concurrent('nothing that another network shows with a proof of a third', async () => {
    const assetId = await issue(neo)
    const transfer = transferOf(assetId, neo.end, other.end)
    await neo.end.lock(transfer)
    await neo.end.leave(transfer)
    const proof = await neo.end.proveLeft(transfer)
    const bundle = proof.evidence as { headers: string[]; proof: string }
    for (const changes of [{ headers: [flipped(bundle.headers.at(-1)!, 120)] }, { proof: flipped(bundle.proof, 90) }])
      await expect(other.end.arrive(transfer, { ...proof, evidence: { ...bundle, ...changes } })).rejects.toThrow(
        refusedWith('ERR_CHAIN_REFUSED'),
      )
    expect(await other.end.arrived(transfer)).toBe(false)
    await other.end.arrive(transfer, proof)
    expect(await other.end.arrived(transfer)).toBe(true)
  })
})

describe.concurrent('when the time of a lock is over', () => {
  test.concurrent.each<[string, () => AssetEnd, () => AssetEnd, () => Promise<string>]>([
    ['Neo', () => neo.end, () => channel, () => issue(neo)],
    ['Fabric', () => channel, () => neo.end, () => issueOnChannel('late')],
  ])('a title on %s is unlocked and no longer leaves; at the very moment, one of the two happens', async (_, from, to, issued) => {
    const assetId = await issued()
    const late = transferOf(assetId, from(), to(), 4_000)
    await from().lock(late)
    await expect(from().unlock(late)).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    // Both at once around the moment, again and again until one of them is done.
    const attempts = async (work: (transfer: Transfer) => Promise<unknown>): Promise<boolean> => {
      while (Date.now() < late.lockUntilMs - 300) await pause(50)
      while (Date.now() < late.lockUntilMs + 8_000) {
        if (await work(late).then(succeeded, failed)) return true
        if ((await from().get(assetId))?.status !== 'locked') return false
        await pause(200)
      }
      return false
    }
    const [left, unlocked] = await Promise.all([attempts(each => from().leave(each)), attempts(each => from().unlock(each))])
    expect([left, unlocked].filter(done => done)).toHaveLength(1)
    expect((await from().get(assetId))?.status).toBe(left ? 'left' : 'held')
    if (left) await from().proveLeft(late)
    else await expect(from().proveLeft(late)).rejects.toThrow(refusedWith('ERR_CHAIN_ABSENT'))
    if (left) return
    await expect(from().leave(late)).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    await move(transferOf(assetId, from(), to()), from(), to())
  })
})

const succeeded = () => true
const failed = () => false

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
