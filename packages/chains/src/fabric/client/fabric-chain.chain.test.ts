import { createDid, deactivateDid, didOf } from '@hufu/did'
import { type Account, type ContractCall, parseScriptHash, scriptHashToBytes, singleAccount, trustAnchorOf } from '@hufu/ledger'
import { base64ToBytes, bytesToBase64, bytesToUtf8, concatBytes, errorCode } from '@hufu/primitives'
import { fixedSigner, startFabricNetwork, startTestNetwork } from '@hufu/testkit'
import { addAuthority, grantReasons, revokeGrant } from '@hufu/trust'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChainEvent, ChainProof, Receipt } from '../../adapter.ts'
import { NeoChain } from '../../neo/neo-chain.ts'
import { type FabricTrust, verifyFabricProof } from '../fabric-proof.ts'
import { FabricChain } from './fabric-chain.ts'
import { fabricNetworkId, openFabricConnection } from './fabric-connection.ts'
import { pinEndorser } from './pin-endorser.ts'

// Real: Hyperledger Fabric 3.1.1 with two organisations, each with a peer, and a Neo network of four validators.
const [neoNetwork, { fabric, stop }] = await Promise.all([
  startTestNetwork({ validators: 4 }),
  startFabricNetwork({ organizations: ['Hospital1', 'Hospital2'] }),
])
const { descriptor, ledger, committee } = neoNetwork
const [first, second] = fabric.organizations as [(typeof fabric.organizations)[0], (typeof fabric.organizations)[0]]
const neo = new NeoChain({ network: descriptor })
const didLedger = { client: ledger, network: descriptor }
const contract = 'hufu'
const minAssurance = { kind: 'endorsementProof', minEndorsers: 2 } as const
const refusedWith = (code: string) => expect.objectContaining({ code })

let trust: FabricTrust
let hospital: FabricChain
let administrator: FabricChain
let account: Account
let bureau: Account

beforeAll(async () => {
  const connection = openFabricConnection(connectionOf(first))
  trust = {
    network: await fabricNetworkId(connection, fabric.channel),
    channel: fabric.channel,
    chaincode: contract,
    endorsers: fabric.organizations.map(({ mspId, peerCertificate }) => pinEndorser(mspId, peerCertificate)),
    threshold: 2,
  }
  connection.close()
  hospital = await FabricChain.connect({ ...connectionOf(first), trust })
  administrator = await FabricChain.connect({ ...connectionOf(first), identity: first.admin, trust })
  account = singleAccount(await fixedSigner('hospital'))
  bureau = singleAccount(await fixedSigner('bureau'))
})

afterAll(async () => {
  hospital?.close()
  administrator?.close()
  await Promise.all([neoNetwork.stop(), stop()])
})

function connectionOf(organization: typeof first) {
  const { peerAddress, tlsAuthority, user: identity } = organization
  return { peerAddress, tlsAuthority, identity }
}

const json = (bytes: Uint8Array) => JSON.parse(bytesToUtf8(bytes))
const ask = async (...path: string[]) => json((await hospital.read({ contract, path }, { minAssurance })).value)

/** A proof of an entry after a block of Neo; the next block holds it. */
async function prove(which: 'identifiers' | 'trust', key: Uint8Array, at: number): Promise<ChainProof> {
  const address = { contract: String(descriptor.contracts[which].id), path: [bytesToBase64(key)] }
  return neo.prove(await until(() => neo.read(address, { minAssurance: { kind: 'lightClient' }, at })))
}

const identifierKey = () => concatBytes(Uint8Array.of(0x69), scriptHashToBytes(account.scriptHash))
const authorityKey = () => concatBytes(Uint8Array.of(0x67, 1), scriptHashToBytes(bureau.scriptHash))
const did = () => didOf('test', account.scriptHash)
const magic = String(descriptor.magic)

describe('Neo to Fabric', () => {
  let earlier: ChainProof
  let anchored: Receipt
  let proof: ChainProof

  test('a network is pinned by an administrator, once', async () => {
    const { nextConsensus, blockIndex } = trustAnchorOf(descriptor)
    const { identifiers, status, trust: registry } = descriptor.contracts
    const pin = { name: 'test', magic: descriptor.magic, blockIndex, nextConsensus, contracts: { identifiers, status, trust: registry } }
    const call = { contract, method: 'neo.pin', args: [JSON.stringify(pin)] }
    await expect(hospital.invoke(call, { idempotencyKey: 'pin' })).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    await administrator.invoke(call, { idempotencyKey: 'pin' })
    await expect(administrator.invoke(call, { idempotencyKey: 'pin-again' })).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
    expect(await ask('neo.network', magic)).toMatchObject({ magic: descriptor.magic, validators: { nextConsensus } })
  })

  test('an identifier is anchored with its proof, and read with another', async () => {
    const created = await createDid(didLedger, { account, sponsor: committee, recovery: null, document: { id: did() } })
    earlier = await prove('identifiers', identifierKey(), (await created.durable()).outcome.blockIndex)
    anchored = await hospital.anchor({ proof: earlier }, { idempotencyKey: 'identifier-1' })
    expect(anchored).toMatchObject({ repeated: false, assurance: { endorsers: ['Hospital1MSP', 'Hospital2MSP'] } })
    expect(await ask('neo.did', magic, did())).toMatchObject({ did: did(), version: 1, deactivated: false })
  })

  test('the same call again changes nothing, whoever sends it and whether it was answered', async () => {
    const again = await hospital.anchor({ proof: earlier }, { idempotencyKey: 'identifier-1' })
    expect(again).toEqual({ ...anchored, repeated: true })
    await expect(
      hospital.invoke({ contract, method: 'registry.put', args: ['a', '{}'] }, { idempotencyKey: 'identifier-1' }),
    ).rejects.toThrow(refusedWith('ERR_CHAIN_IDEMPOTENCY'))
  })

  test('a deactivation is seen on the channel; the state before it is refused from then on', async () => {
    const followed = new AbortController()
    const events = hospital.events({ contract, names: ['neo.anchored'] }, undefined, { signal: followed.signal })[Symbol.asyncIterator]()
    await events.next()
    const deactivated = await deactivateDid(didLedger, { account, sponsor: committee, did: did(), expectedVersion: 1 })
    const { blockIndex } = (await deactivated.durable()).outcome
    await hospital.anchor({ proof: await prove('identifiers', identifierKey(), blockIndex) }, { idempotencyKey: 'identifier-2' })
    const event = (await events.next()).value as ChainEvent
    expect(json(event.payload)).toMatchObject({ contract: 'identifiers', key: bytesToBase64(identifierKey()) })
    followed.abort()
    expect(await ask('neo.did', magic, did())).toMatchObject({ version: 2, deactivated: true })
    await expect(hospital.anchor({ proof: earlier }, { idempotencyKey: 'identifier-3' })).rejects.toThrow(refusedWith('ERR_CHAIN_ROLLBACK'))
    expect(await ask('neo.did', magic, did())).toMatchObject({ version: 2, deactivated: true })
  })

  test('a grant and its revocation are read as they stand', async () => {
    const founding = { client: neoNetwork.founding, network: descriptor }
    const document = { id: didOf('test', bureau.scriptHash) }
    await (await createDid(didLedger, { account: bureau, sponsor: committee, recovery: null, document })).durable()
    const added = await (await addAuthority(founding, { authority: bureau.scriptHash, region: '990100', account: committee })).durable()
    const grant = ['neo.grant', magic, 'authority', bureau.scriptHash, ''] as const
    await expect(ask(...grant)).rejects.toThrow(refusedWith('ERR_CHAIN_ABSENT'))
    await hospital.anchor({ proof: await prove('trust', authorityKey(), added.blockIndex) }, { idempotencyKey: 'grant-1' })
    expect(await ask(...grant)).toMatchObject({ standing: 'active', sequence: 1 })
    const key = { kind: 'authority', subject: bureau.scriptHash } as const
    const revoked = await (
      await revokeGrant(founding, {
        grant: key,
        actor: descriptor.contracts.council.hash,
        attempt: 'case 1',
        reason: grantReasons.rulesBroken,
        account: committee,
      })
    ).durable()
    proof = await prove('trust', authorityKey(), revoked.blockIndex)
    await hospital.anchor({ proof }, { idempotencyKey: 'grant-2' })
    expect(await ask(...grant)).toMatchObject({ standing: 'revoked', sequence: 2, reason: grantReasons.rulesBroken })
  })

  test('what is false is refused by the channel itself', async () => {
    const bundle = proof.evidence as { headers: string[]; proof: string; contractId: number; magic: number; key: string }
    const flipped = (text: string, at: number) => {
      const bytes = base64ToBytes(text)
      bytes[at]! ^= 0x10
      return bytesToBase64(bytes)
    }
    const refused = async (name: string, changes: object) => {
      const forged = { ...proof, evidence: { ...bundle, ...changes } }
      await expect(hospital.anchor({ proof: forged }, { idempotencyKey: `forged ${name}`.replaceAll(' ', '-') }), name).rejects.toThrow(
        refusedWith('ERR_CHAIN_REFUSED'),
      )
    }
    const newest = bundle.headers.at(-1)!
    await refused('a bit of the state root', { headers: [...bundle.headers.slice(0, -1), flipped(newest, 120)] })
    await refused('a bit of a signature', { headers: [...bundle.headers.slice(0, -1), flipped(newest, 160)] })
    await refused('a bit of the proof', { proof: flipped(bundle.proof, 90) })
    await refused('another contract', { contractId: descriptor.contracts.identifiers.id })
    await refused('another key', { key: bytesToBase64(identifierKey()) })
    await refused('another network', { magic: descriptor.magic + 1 })
  })
})

describe('Fabric to whoever asks', () => {
  const entry = (status: string) => JSON.stringify({ did: didOf('test', account.scriptHash), status, recordHash: 'ab'.repeat(32) })
  const put = (status: string, idempotencyKey: string) =>
    hospital.invoke({ contract, method: 'registry.put', args: ['radiology', entry(status)] }, { idempotencyKey })

  test("the group's registry is read with proof that anyone can check offline", async () => {
    await put('active', 'radiology-1')
    await put('suspended', 'radiology-2')
    const view = await hospital.read({ contract, path: ['registry.get', 'Hospital1MSP', 'radiology'] }, { minAssurance })
    expect(json(view.value)).toMatchObject({ status: 'suspended', version: 2 })
    const proof = JSON.parse(JSON.stringify(await hospital.prove(view))) as ChainProof
    await expect(verifyFabricProof(proof, trust)).resolves.toEqual(view)
    const bytes = base64ToBytes((proof.evidence as { transaction: string }).transaction)
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = bytes.slice()
      altered[at]! ^= 0x01
      const forged = { ...proof, evidence: { transaction: bytesToBase64(altered) } }
      const outcome = await verifyFabricProof(forged, trust).catch((error: unknown) => errorCode(error))
      expect(outcome, `byte ${at}`).toBe('ERR_CHAIN_PROOF')
    }
    const { admin } = second
    const wrongEndorser = { ...trust, endorsers: [trust.endorsers[0]!, pinEndorser(second.mspId, admin.certificate)] }
    await expect(verifyFabricProof(proof, wrongEndorser)).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
    await expect(verifyFabricProof(proof, { ...trust, channel: 'other' })).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
    expect((await ask('registry.history', 'Hospital1MSP', 'radiology')).length).toBe(2)
  })

  test('ten calls at once, half of them twice: each takes effect once', async () => {
    const keys = ['a', 'b', 'c', 'd', 'e']
    const receipts = await Promise.all(
      [...keys, ...keys].map(key =>
        hospital.invoke({ contract, method: 'registry.put', args: [`ward-${key}`, entry('active')] }, { idempotencyKey: `ward-${key}` }),
      ),
    )
    expect(new Set(receipts.map(({ transactionId }) => transactionId)).size).toBe(5)
    for (const key of keys) expect((await ask('registry.history', 'Hospital1MSP', `ward-${key}`)).length).toBe(1)
  })

  test('a call whose answer was lost is called again, and has taken effect once', async () => {
    const hasty = await FabricChain.connect({ ...connectionOf(first), trust, commitTimeoutMs: 1 })
    const call = { contract, method: 'registry.put', args: ['pharmacy', entry('active')] }
    await expect(hasty.invoke(call, { idempotencyKey: 'pharmacy-1' })).rejects.toThrow(refusedWith('ERR_CHAIN_UNKNOWN'))
    hasty.close()
    await hospital.invoke(call, { idempotencyKey: 'pharmacy-1' })
    await expect(hospital.invoke(call, { idempotencyKey: 'pharmacy-1' })).resolves.toMatchObject({ repeated: true })
    expect((await ask('registry.history', 'Hospital1MSP', 'pharmacy')).length).toBe(1)
  })

  test('fewer organisations than the policy asks for are not enough', async () => {
    const three = { kind: 'endorsementProof', minEndorsers: 3 } as const
    await expect(hospital.read({ contract, path: ['ping'] }, { minAssurance: three })).rejects.toThrow(refusedWith('ERR_CHAIN_ASSURANCE'))
    await expect(hospital.read({ contract, path: ['ping'] }, { minAssurance: { kind: 'lightClient' } })).rejects.toThrow(
      refusedWith('ERR_CHAIN_ASSURANCE'),
    )
  })

  test('events go on behind a cursor, also after the peer was killed', async () => {
    const all = await take(8)
    expect(all.map(({ name }) => name)).toEqual(all.map(() => 'registry.changed'))
    const rest = await take(6, all[1]!.cursor)
    expect(rest.map(({ transactionId }) => transactionId)).toEqual(all.slice(2).map(({ transactionId }) => transactionId))
    const followed = new AbortController()
    const events = hospital.events({ contract }, all.at(-1)!.cursor, { signal: followed.signal })[Symbol.asyncIterator]()
    const next = events.next()
    await fabric.killPeer('Hospital1')
    fabric.startPeer('Hospital1')
    await until(() => put('active', 'radiology-3'))
    expect(json(((await next).value as ChainEvent).payload)).toMatchObject({ id: 'radiology', version: 3 })
    followed.abort()
    await expect(take(1, 'not a cursor')).rejects.toThrow(refusedWith('ERR_CHAIN_CURSOR'))
  })

  test('a channel that does not begin with the pinned block is not spoken to', async () => {
    const other = { ...trust, network: `fabric:${fabric.channel}@${'0'.repeat(16)}` as FabricTrust['network'] }
    await expect(FabricChain.connect({ ...connectionOf(second), trust: other })).rejects.toThrow(refusedWith('ERR_CHAIN_NETWORK'))
  })

  async function take(count: number, cursor?: string): Promise<readonly ChainEvent[]> {
    const followed = new AbortController()
    const events: ChainEvent[] = []
    for await (const event of hospital.events({ contract, names: ['registry.changed'] }, cursor, { signal: followed.signal })) {
      if (events.push(event) === count) followed.abort()
    }
    return events
  }
})

// Last, for it changes the network: it goes on with three of its four nodes as validators, and a fourth validator that is not there.
test('validators that a vote brings in on Neo are followed on the channel, once it is shown who named them', async () => {
  const before = await ask('neo.network', magic)
  await voteIn(['validator-1', 'validator-2', 'validator-3', 'newcomer'])
  const address = { contract: String(descriptor.contracts.trust.id), path: [bytesToBase64(authorityKey())] }
  const proof = await until(async () => {
    const newest = await neo.prove(await neo.read(address, { minAssurance: { kind: 'lightClient' } }))
    expect((newest.evidence as { headers: string[] }).headers).toHaveLength(2)
    return newest
  })
  const bundle = proof.evidence as { headers: string[] }
  const unnamed = { ...proof, evidence: { ...bundle, headers: bundle.headers.slice(1) } }
  await expect(hospital.anchor({ proof: unnamed }, { idempotencyKey: 'unnamed' })).rejects.toThrow(refusedWith('ERR_CHAIN_REFUSED'))
  expect((await ask('neo.network', magic)).validators).toEqual(before.validators)
  await hospital.anchor({ proof }, { idempotencyKey: 'named' })
  const { validators } = await ask('neo.network', magic)
  expect(validators.blockIndex).toBeGreaterThan(before.validators.blockIndex)
  expect(validators.nextConsensus).not.toBe(before.validators.nextConsensus)
})

/** Makes candidates of them, each with a tenth of all NEO. */
async function voteIn(names: readonly string[]): Promise<void> {
  const neoToken = parseScriptHash('ef4073a0f2b305a38ec4050e4d3d28bc40ea63f5')
  const client = neoNetwork.client({ maxSystemFeeDatoshi: 2_000_00000000n })
  const { treasury } = neoNetwork
  for (const name of names) {
    const candidate = singleAccount(await fixedSigner(name))
    const to = { type: 'Hash160', value: candidate.scriptHash } as const
    const from = { type: 'Hash160', value: treasury.scriptHash } as const
    const stake: ContractCall = {
      contract: neoToken,
      method: 'transfer',
      args: [from, to, { type: 'Integer', value: 10_000_000n }, { type: 'Any', value: null }],
    }
    await (await client.submit([stake], { account: treasury, idempotencyKey: `stake of ${name}` })).inBlock()
    const publicKey = { type: 'PublicKey', value: candidate.publicKeys[0]!.bytes } as const
    const calls: ContractCall[] = [
      { contract: neoToken, method: 'registerCandidate', args: [publicKey] },
      { contract: neoToken, method: 'vote', args: [to, publicKey] },
    ]
    await (await client.submit(calls, { account: candidate, sponsor: treasury, idempotencyKey: `candidate ${name}` })).inBlock()
  }
}

/** Tries until it works: peers find each other again within seconds. */
async function until<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 60_000
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await new Promise(resolve => setTimeout(resolve, 250))
    }
  }
}
