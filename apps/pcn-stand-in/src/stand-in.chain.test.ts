// What the library for certificates stands on: must be there before it.
import 'reflect-metadata'
import { type ChainEvent, type FabricTrust, parseEndorsedTransaction, parseNetworkId, verifyFabricProof } from '@hufu/chains'
import { type FabricConnection, fabricNetworkId, openFabricConnection, pinEndorser } from '@hufu/chains/fabric'
import { didOf } from '@hufu/did'
import { publicKeyFromJwk, subtleSigner } from '@hufu/keys'
import { singleAccount } from '@hufu/ledger'
import {
  CallbackReceiver,
  type EventRegistration,
  type FabricCallback,
  type FabricUser,
  type FiscoCallback,
  fabricEndpoints,
  fabricSignature,
  importMacSigner,
  importMacVerifier,
  type MacAlgorithm,
  newNonce,
  PcnClient,
  PcnFabricChain,
  type Post,
  parseFabricBlock,
  parseProcessedTransaction,
  postOverTls,
  signFabricProposal,
  standInEndpoints,
} from '@hufu/pcn'
import { base64ToBytes, bytesToBase64, bytesToUtf8, randomBytes } from '@hufu/primitives'
import { createLog } from '@hufu/service'
import { fixedSigner, startFabricNetwork } from '@hufu/testkit'
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CertificateAuthority } from './certificate-authority.ts'
import { createStandIn } from './create-stand-in.ts'
import { FabricNode } from './fabric-node.ts'
import { openFabricUser } from './open-fabric-user.ts'

// Real: Hyperledger Fabric 3.1.1 with two organisations. A stand-in: the city node's gateway before it. Never tried: a gateway of BSN.
const { fabric, stop } = await startFabricNetwork({ organizations: ['Hospital1', 'Hospital2'] })
const [organization] = fabric.organizations as [(typeof fabric.organizations)[0]]
const chaincode = 'hufu'
const did = didOf('test', singleAccount(await fixedSigner('hospital')).scriptHash)
const header = { userCode: 'USER0001', appCode: 'app0001' }
const withCode = (code: string) => expect.objectContaining({ code })
const entry = (status: string) => JSON.stringify({ did, status, recordHash: 'ab'.repeat(32) })
const getEntry = { contract: chaincode, path: ['registry.get', organization.mspId, 'radiology'] }
const gatewaySigned = { kind: 'gatewaySigned' } as const
const endorsed = { kind: 'endorsementProof', minEndorsers: 2 } as const
const noData = { dataType: '' }

const closing: (() => unknown)[] = []
const registrations = new Map<string, EventRegistration>()
const delivered: (FabricCallback | FiscoCallback)[] = []
/** Callbacks whose first delivery was lost. */
const lost = new Set<string>()

let connection: FabricConnection
let receiver: CallbackReceiver
let keeping: Awaited<ReturnType<typeof startStandIn>>
let trust: FabricTrust

beforeAll(async () => {
  connection = openFabricConnection({ ...organization, identity: organization.user })
  closing.push(() => connection.close())
  keeping = await startStandIn('R1', 1)
  const seen = new Set<string>()
  receiver = new CallbackReceiver({
    ...header,
    gateway: keeping.gateway,
    seen: { has: async key => seen.has(key), add: async key => void seen.add(key) },
    findRegistration: async eventId => registrations.get(eventId),
    deliver: async callback => void delivered.push(callback),
  })
  trust = {
    network: await fabricNetworkId(connection, fabric.channel),
    channel: fabric.channel,
    chaincode,
    endorsers: fabric.organizations.map(({ mspId, peerCertificate }) => pinEndorser(mspId, peerCertificate)),
    threshold: 2,
  }
  await keeping.client.call(fabricEndpoints.registerUser, { name: 'clerk', secret: 'a secret', extendProperties: '' })
})

afterAll(async () => {
  for (const close of closing.toReversed()) await close()
  await stop()
})

async function startStandIn(algorithm: MacAlgorithm, caType: 1 | 2) {
  const [dapp, gateway] = await Promise.all([importMacSigner(algorithm, randomBytes(32)), importMacSigner(algorithm, randomBytes(32))])
  const server = createStandIn({
    ...header,
    orgCode: 'ORG0001',
    mspId: organization.mspId,
    caType,
    client: importMacVerifier(algorithm, dapp.publicKey),
    gateway,
    node: new FabricNode(connection, fabric.channel),
    authority: await CertificateAuthority.open(organization.authority),
    defaultUser: await openFabricUser(organization.user),
    log: createLog({ level: 'silent' }),
    tls: undefined,
    sleep: async () => undefined,
    async postCallback(_url, text) {
      if (lost.has(text)) return receiver.receive(text)
      lost.add(text)
      return ''
    },
  })
  const gatewayUrl = await server.listen({ host: '127.0.0.1', port: 0 })
  const post = postOverTls({ gatewayUrl })
  closing.push(
    () => server.close(),
    () => post.close(),
  )
  const verifier = importMacVerifier(algorithm, gateway.publicKey)
  const clientOver = (by: Post) => new PcnClient({ ...header, signer: dapp, gateway: verifier, post: by })
  return { client: clientOver(post), clientOver, post, gatewayUrl, gateway: verifier }
}

function chainOver(client: PcnClient, options: { trust?: FabricTrust } = {}): Promise<PcnFabricChain> {
  return PcnFabricChain.connect({ client, network: trust.network, chaincode, userName: 'clerk', ...options })
}

/** A gateway that answers as the stand-in does, unless told otherwise. */
function between(answer: (path: string, body: string) => Promise<string | undefined>): Post {
  const post = async (path: string, body: string) => (await answer(path, body)) ?? keeping.post(path, body)
  return Object.assign(post, { close: () => undefined })
}

describe('a chain behind a node that keeps keys', () => {
  test('is named by its first block', async () => {
    const network = parseNetworkId(`fabric:${fabric.channel}@${'0'.repeat(16)}`)
    const connecting = PcnFabricChain.connect({ client: keeping.client, network, chaincode, userName: 'clerk' })
    await expect(connecting).rejects.toThrow(withCode('ERR_CHAIN_NETWORK'))
  })

  test('is written to once for each key, and read by the node’s word or with endorsers’ signatures', async () => {
    const chain = await chainOver(keeping.client, { trust })
    const call = { contract: chaincode, method: 'registry.put', args: ['radiology', entry('active')] }
    const receipt = await chain.invoke(call, { idempotencyKey: 'radiology-1' })
    expect(receipt).toMatchObject({ repeated: false, assurance: gatewaySigned })
    expect(await chain.invoke(call, { idempotencyKey: 'radiology-1' })).toEqual({ ...receipt, repeated: true })
    await expect(chain.invoke({ ...call, args: ['surgery', entry('active')] }, { idempotencyKey: 'radiology-1' })).rejects.toThrow(
      withCode('ERR_CHAIN_IDEMPOTENCY'),
    )

    const told = await chain.read(getEntry, { minAssurance: gatewaySigned })
    expect(told.assurance).toEqual(gatewaySigned)
    const proven = await chain.read(getEntry, { minAssurance: endorsed })
    expect(proven).toMatchObject({ value: told.value, height: receipt.height, assurance: { endorsers: ['Hospital1MSP', 'Hospital2MSP'] } })
    expect(JSON.parse(bytesToUtf8(proven.value))).toMatchObject({ did, status: 'active', version: 1 })
    expect(await verifyFabricProof(await chain.prove(proven), trust)).toEqual(proven)
    await expect(chain.prove(told)).rejects.toThrow(withCode('ERR_CHAIN_UNSUPPORTED'))
    await expect(
      chain.read({ ...getEntry, path: ['registry.get', organization.mspId, 'none'] }, { minAssurance: gatewaySigned }),
    ).rejects.toThrow(withCode('ERR_CHAIN_ABSENT'))
    await expect((await chainOver(keeping.client)).read(getEntry, { minAssurance: endorsed })).rejects.toThrow(
      withCode('ERR_CHAIN_ASSURANCE'),
    )
  })

  test('that serves an earlier answer is believed by its word, and found out where proof is asked for', async () => {
    let recorded: string | undefined
    const lying = between(async (path, body) => {
      if (path !== fabricEndpoints.callChaincode.path) return undefined
      recorded ??= await keeping.post(path, body)
      return recorded
    })
    const chain = await chainOver(keeping.clientOver(lying), { trust })
    const before = await chain.read(getEntry, { minAssurance: endorsed })
    const honest = await chainOver(keeping.client)
    await honest.invoke(
      { contract: chaincode, method: 'registry.put', args: ['radiology', entry('suspended')] },
      { idempotencyKey: 'radiology-2' },
    )
    expect((await chain.read(getEntry, { minAssurance: gatewaySigned })).value).toEqual(before.value)
    await expect(chain.read(getEntry, { minAssurance: endorsed })).rejects.toThrow(withCode('ERR_CHAIN_PROOF'))
  })

  test('that loses an answer has done it all the same: the same key says so', async () => {
    let isLost = false
    const losing = between(async (path, body) => {
      if (path !== fabricEndpoints.callChaincode.path || isLost) return undefined
      isLost = true
      await keeping.post(path, body)
      return '{}'
    })
    const chain = await chainOver(keeping.clientOver(losing))
    const call = { contract: chaincode, method: 'registry.put', args: ['laboratory', entry('active')] }
    await expect(chain.invoke(call, { idempotencyKey: 'laboratory-1' })).rejects.toThrow(withCode('ERR_CHAIN_UNKNOWN'))
    const honest = await chainOver(keeping.client)
    expect((await honest.invoke(call, { idempotencyKey: 'laboratory-1' })).repeated).toBe(true)
  })

  test('tells of events in order, from any cursor on', async () => {
    const chain = await chainOver(keeping.client)
    const take = async (count: number, cursor?: string) => {
      const stopped = new AbortController()
      const taken: ChainEvent[] = []
      for await (const event of chain.events({ contract: chaincode, names: ['registry.changed'] }, cursor, { signal: stopped.signal })) {
        taken.push(event)
        if (taken.length === count) stopped.abort()
      }
      return taken
    }
    const events = await take(3)
    expect(events.map(({ payload }) => JSON.parse(bytesToUtf8(payload)))).toMatchObject([
      { id: 'radiology', version: 1 },
      { id: 'radiology', version: 2 },
      { id: 'laboratory', version: 1 },
    ])
    expect(await take(2, events[0]!.cursor)).toEqual(events.slice(1))
  })
})

describe('the endpoints', () => {
  test('say of blocks and transactions what Fabric has', async () => {
    const { client } = keeping
    const body = { userName: 'clerk', nonce: newNonce(), chainCode: chaincode, funcName: 'ping', args: [], transientData: {} }
    const { blockInfo, ccRes } = await client.call(fabricEndpoints.callChaincode, body)
    expect({ blockInfo, ccRes }).toMatchObject({ blockInfo: { status: 0 }, ccRes: { ccCode: 200, ccData: '{"version":1}' } })
    const { txId } = blockInfo
    await expect
      .poll(() => client.call(fabricEndpoints.getTransaction, { txId, ...noData }).catch(error => error.code))
      .toMatchObject({ status: 0 })
    const summary = await client.call(fabricEndpoints.getTransaction, { txId, ...noData })
    expect(summary).toMatchObject({ createName: 'clerk@app0001' })
    const question = { blockNumber: 0, blockHash: '', txId: '', ...noData }
    const info = await client.call(fabricEndpoints.getBlockInfo, { ...question, txId })
    expect(info).toMatchObject({ blockHash: summary.blockHash, blockNumber: summary.blockNumber })
    expect(info.transactions.find(each => each.txId === txId)).toMatchObject({ status: 0, createName: 'clerk@app0001' })
    const data = await client.call(fabricEndpoints.getBlockData, { ...question, blockHash: summary.blockHash })
    const block = parseFabricBlock(base64ToBytes(data.blockData))
    expect(block).toMatchObject({ number: summary.blockNumber, hash: summary.blockHash, previousHash: data.preBlockHash })
    const { transData } = await client.call(fabricEndpoints.getTransactionData, { txId, ...noData })
    const transaction = parseProcessedTransaction(base64ToBytes(transData))
    expect(transaction).toEqual(block.transactions.find(({ transactionId }) => transactionId === txId))
    expect(bytesToBase64(transaction.nonce)).toBe(body.nonce)
    const ledger = await client.call(fabricEndpoints.getLedgerInfo, {})
    expect(await client.call(fabricEndpoints.getBlockData, { ...question, blockNumber: ledger.height - 1 })).toMatchObject({
      blockHash: ledger.blockHash,
      preBlockHash: ledger.preBlockHash,
    })
    expect(await client.readAppInfo()).toMatchObject({ appName: 'stand-in', caType: 1, channelId: fabric.channel })
    await expect(client.call(fabricEndpoints.getTransaction, { txId: '00'.repeat(32), ...noData })).rejects.toThrow(
      withCode('ERR_PCN_REFUSED'),
    )
  })

  test('take a request that is sent again once: the channel knows its transaction', async () => {
    const requests: string[] = []
    const recording = between(async (path, body) => {
      if (path === fabricEndpoints.callChaincode.path) requests.push(body)
      return undefined
    })
    await (await chainOver(keeping.clientOver(recording))).invoke(
      { contract: chaincode, method: 'registry.put', args: ['pharmacy', entry('active')] },
      { idempotencyKey: 'pharmacy-1' },
    )
    const again = JSON.parse(await keeping.post(fabricEndpoints.callChaincode.path, requests[0]!))
    expect(again.header).toMatchObject({ code: -1, msg: expect.stringContaining('duplicate transaction') })
  })

  test('refuse strangers, with a mac of their own, and say in each answer what they are', async () => {
    const stranger = await importMacSigner('R1', randomBytes(32))
    const client = new PcnClient({ ...header, signer: stranger, gateway: keeping.gateway, post: keeping.post })
    await expect(client.call(fabricEndpoints.getLedgerInfo, {})).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
    const answer = await fetch(`${keeping.gatewayUrl}${fabricEndpoints.getLedgerInfo.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.headers.get('x-stand-in')).toBe('hufu: not a gateway of BSN')
    expect(JSON.parse(await answer.text()).header.code).toBe(-1)
  })

  test('tell of events and blocks, again until it is taken, and no more once it is removed', async () => {
    const { client } = keeping
    const registration = { chainCode: chaincode, eventKey: 'registry\\..*', notifyUrl: 'http://127.0.0.1:1/told', attachArgs: 'ward=3' }
    const { eventId } = await client.call(fabricEndpoints.registerEvent, registration)
    const block = await client.call(fabricEndpoints.registerBlockEvent, { ...registration, chainCode: '', eventKey: '' })
    const known = { orgCode: 'ORG0001', attachArgs: 'ward=3' }
    registrations.set(eventId, { kind: 'chaincode', chainCode: chaincode, eventKey: 'registry\\..*', ...known })
    registrations.set(block.eventId, { kind: 'block', ...known })
    expect((await client.call(fabricEndpoints.queryEvents, {})).map(each => each.eventId)).toEqual([eventId, block.eventId])

    const chain = await chainOver(client)
    const put = (id: string) =>
      chain.invoke({ contract: chaincode, method: 'registry.put', args: [id, entry('active')] }, { idempotencyKey: id })
    const { transactionId, height } = await put('surgery')
    const toldOf = (blockNumber: number) => delivered.filter(each => 'blockNumber' in each && each.blockNumber === blockNumber)
    await expect.poll(() => toldOf(height).length, { timeout: 10_000 }).toBe(2)
    expect(delivered.find(each => each.eventId === eventId)).toMatchObject({
      txId: transactionId,
      blockNumber: height,
      eventName: 'registry.changed',
    })
    expect(toldOf(height).find(each => each.eventId === block.eventId)).toMatchObject({ txId: '' })

    for (const each of [eventId, block.eventId]) await client.call(fabricEndpoints.removeEvent, { eventId: each })
    await expect(client.call(fabricEndpoints.removeEvent, { eventId })).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
    expect(toldOf((await put('dentistry')).height)).toEqual([])
  })
})

describe('a user who keeps the key', () => {
  test('enrols, and commits a call only with the extension that is not BSN’s; macs by SM2', async () => {
    const { client } = await startStandIn('SM2', 2)
    await client.call(fabricEndpoints.registerUser, { name: 'doctor', secret: 's1', extendProperties: '' })
    const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    const request = await Pkcs10CertificateRequestGenerator.create(
      { name: 'CN=doctor@app0001', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } },
      crypto as Crypto,
    )
    const enrol = (secret: string) => client.call(fabricEndpoints.enrollUser, { name: 'doctor', secret, csrPem: request.toString('pem') })
    await expect(enrol('s2')).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
    const { cert } = await enrol('s1')
    await expect(enrol('s1')).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
    const signer = subtleSigner(keys.privateKey, publicKeyFromJwk(await crypto.subtle.exportKey('jwk', keys.publicKey)))
    const user: FabricUser = { mspId: organization.mspId, certificate: cert, signer }

    const call = {
      channel: fabric.channel,
      chaincode,
      call: ['registry.put', 'oncology', entry('active')],
      nonce: randomBytes(24),
      nowMs: Date.now(),
    }
    const { signedProposal, transactionId: txId } = await signFabricProposal(call, user)
    const answer = await client.call(fabricEndpoints.sendTransaction, { transData: bytesToBase64(signedProposal) })
    expect(answer).toMatchObject({ blockInfo: { txId, status: -1 }, ccRes: { ccCode: 200 } })

    const { payload } = await client.call(standInEndpoints.getPrepared, { txId })
    // What is signed is what was asked, with the answer that peers gave.
    expect(parseEndorsedTransaction(base64ToBytes(payload))).toMatchObject({
      transactionId: txId,
      call: call.call,
      channel: fabric.channel,
    })
    const other: FabricUser = { ...user, signer: await fixedSigner('stranger') }
    const submit = async (by: FabricUser) =>
      client.call(standInEndpoints.submit, { txId, signature: bytesToBase64(await fabricSignature(by, base64ToBytes(payload))) })
    await expect(submit(other)).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
    await expect(client.call(fabricEndpoints.getTransactionData, { txId, ...noData })).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
    expect(await submit(user)).toMatchObject({ blockInfo: { txId, status: 0 } })
    await expect
      .poll(() => client.call(fabricEndpoints.getTransaction, { txId, ...noData }).catch(error => error.code), { timeout: 10_000 })
      .toMatchObject({ status: 0, createName: 'doctor@app0001' })
    const keptHere = { userName: '', nonce: newNonce(), chainCode: chaincode, funcName: 'ping', args: [], transientData: {} }
    await expect(client.call(fabricEndpoints.callChaincode, keptHere)).rejects.toThrow(withCode('ERR_PCN_REFUSED'))
  })

  test('is answered with macs by K1 as well', async () => {
    const { client } = await startStandIn('K1', 2)
    expect((await client.call(fabricEndpoints.getLedgerInfo, {})).height).toBeGreaterThan(0)
  })
})
