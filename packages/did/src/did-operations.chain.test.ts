import { identifiers } from '@hufu/bindings'
import { publicKeyToJwk } from '@hufu/keys'
import { type Account, LightClient, multisigAccount, multisigScriptHash, singleAccount, trustAnchorOf } from '@hufu/ledger'
import { canonicalJsonBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDid } from './create-did.ts'
import { deactivateDid } from './deactivate-did.ts'
import { openDidProof } from './did-proof.ts'
import type { DidSource } from './did-state.ts'
import { findControl } from './find-control.ts'
import { findVerificationKey } from './find-verification-key.ts'
import { ledgerSource } from './ledger-source.ts'
import { accountOfDid, type Did, didOf } from './parse-did.ts'
import { provenSource } from './proven-source.ts'
import { finishRecovery, startRecovery, vetoRecovery } from './recover-did.ts'
import { resolve } from './resolution-result.ts'
import { resolveDid } from './resolve-did.ts'
import { rotateDid } from './rotate-did.ts'
import { setRecovery } from './set-recovery.ts'
import type { DidLedger, DidWrite } from './submit-did-call.ts'
import { updateDid } from './update-did.ts'

const network = await startTestNetwork({ validators: 1 })
const ledger: DidLedger = { client: network.ledger, network: network.descriptor }
const source = ledgerSource(network.ledger, network.descriptor)
const light = new LightClient({ network: network.descriptor })
const proven = provenSource(light, network.descriptor)
const sponsor = network.committee
let stranger: Account

beforeAll(async () => {
  stranger = await accountOf('stranger')
})

afterAll(() => network.stop())

async function accountOf(name: string): Promise<Account> {
  return singleAccount(await fixedSigner(name))
}

async function done(write: Promise<DidWrite>): Promise<{ did: Did; version: number | undefined; timeMs: number }> {
  const { did, version, outcome } = await (await write).inBlock()
  return { did, version, timeMs: outcome.blockTimeMs }
}

async function create(name: string, delayMs?: number): Promise<{ account: Account; did: Did; timeMs: number }> {
  const account = await accountOf(name)
  const recovery = delayMs === undefined ? null : { account: (await accountOf('guardian')).scriptHash, delayMs }
  return { account, ...(await done(createDid(ledger, { account, sponsor, recovery, document: await documentOf(account, 'key-1') }))) }
}

async function documentOf(account: Account, fragment: string): Promise<object> {
  const did = didOf('test', account.scriptHash)
  const id = `${did}#${fragment}`
  const { publicKey } = await fixedSigner(id, 'Ed25519')
  return {
    id: did,
    verificationMethod: [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(publicKey) }],
    assertionMethod: [id],
  }
}

test('a DID is created with a document, and resolves to it', async () => {
  const { account, did, timeMs } = await create('created')
  expect(did).toBe(didOf('test', account.scriptHash))
  const { document, metadata, state } = await resolveDid(source, did)
  expect(document).toEqual(await documentOf(account, 'key-1'))
  expect(metadata).toEqual({ created: new Date(timeMs).toISOString().replace(/\.\d+Z/, 'Z'), versionId: '1' })
  expect(state).toMatchObject({ operation: 'create', controller: account.scriptHash, latestVersion: 1, nextTimeMs: null, timeMs })
})

test('creating twice is one write, and creating another way is refused', async () => {
  const account = await accountOf('twice')
  const first = await createDid(ledger, { account, sponsor })
  const again = await createDid(ledger, { account, sponsor })
  expect(again.transactionHash).toBe(first.transactionHash)
  await first.inBlock()
  await expect(createDid(ledger, { account, sponsor, document: await documentOf(account, 'other') })).rejects.toMatchObject({
    code: 'ERR_DID_EXISTS',
  })
})

test('a DID that nobody registered is not found', async () => {
  const did = didOf('test', stranger.scriptHash)
  await expect(resolveDid(source, did)).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
  await expect(resolveDid(proven, did)).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
  expect(await findControl(network.ledger, network.descriptor, did)).toBeNull()
  await expect(updateDid(ledger, { did, expectedVersion: 1, account: stranger, sponsor, document: { id: did } })).rejects.toMatchObject({
    code: 'ERR_DID_NOT_FOUND',
  })
})

test('nothing malformed or too large is sent', async () => {
  const account = await accountOf('malformed')
  const id = didOf('test', account.scriptHash)
  const names = Array.from({ length: 40 }, (_, index) => `https://a${index}.example/${'x'.repeat(200)}`)
  for (const [document, code] of [
    [{ id, name: 'x' }, 'ERR_DID_DOCUMENT'],
    [{ id: didOf('test', stranger.scriptHash) }, 'ERR_DID_DOCUMENT'],
    [{ id, alsoKnownAs: names }, 'ERR_DID_DOCUMENT_SIZE'],
  ] as const) {
    await expect(createDid(ledger, { account, sponsor, document })).rejects.toMatchObject({ code })
  }
  for (const delayMs of [999, 365 * 86_400_000 + 1, 1.5]) {
    await expect(createDid(ledger, { account, sponsor, recovery: { account: stranger.scriptHash, delayMs } })).rejects.toMatchObject({
      code: 'ERR_DID_RECOVERY',
    })
  }
  expect(await findControl(network.ledger, network.descriptor, id)).toBeNull()
})

test('a document that another program stored against the schema is shown to nobody', async () => {
  const account = await accountOf('careless')
  const did = didOf('test', account.scriptHash)
  const call = identifiers(network.descriptor.contracts.identifiers.hash).register({
    identifier: account.scriptHash,
    document: canonicalJsonBytes({ id: did, name: 'x' }),
    recovery: null,
    recoveryDelayMs: 0n,
  })
  const { blockTimeMs } = await (await network.ledger.submit([call], { account, sponsor, idempotencyKey: 'careless' })).inBlock()
  await pass(blockTimeMs + 1)
  for (const each of [source, proven]) await expect(resolveDid(each, did)).rejects.toMatchObject({ code: 'ERR_DID_DOCUMENT' })
  expect(await done(updateDid(ledger, { did, expectedVersion: 1, account, sponsor, document: { id: did } }))).toMatchObject({ version: 2 })
  expect((await resolveDid(source, did)).document).toEqual({ id: did })
})

test('every version stays readable, at its number and at its time to the millisecond, from nodes and by proof', async () => {
  const { account, did, timeMs: firstMs } = await create('versions')
  const { timeMs: secondMs } = await done(
    updateDid(ledger, { did, expectedVersion: 1, account, sponsor, document: await documentOf(account, 'key-2') }),
  )
  const newAccount = await accountOf('versions: new controller')
  const { timeMs: thirdMs } = await done(rotateDid(ledger, { did, expectedVersion: 2, account, newAccount, sponsor }))
  await pass(thirdMs + 1)
  for (const each of [source, proven]) {
    const versionAt = async (timeMs: number) => (await resolveDid(each, did, { timeMs })).state.version
    await expect(versionAt(firstMs - 1)).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
    expect([await versionAt(firstMs), await versionAt(secondMs - 1), await versionAt(secondMs)]).toEqual([1, 1, 2])
    expect([await versionAt(thirdMs - 1), await versionAt(thirdMs), await versionAt(thirdMs + 86_400_000)]).toEqual([2, 3, 3])
    await expect(versionAt(-1)).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
    await expect(resolveDid(each, did, { version: 4 })).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
    await expect(resolveDid(each, did, { version: 0 })).rejects.toMatchObject({ code: 'ERR_DID_NOT_FOUND' })
    expect((await resolveDid(each, did, { version: 1 })).metadata).toMatchObject({ versionId: '1', nextVersionId: '2' })
    expect((await resolveDid(each, did)).document).toMatchObject({ controller: didOf('test', newAccount.scriptHash) })
    const key = (fragment: string, timeMs: number) => findVerificationKey(each, `${did}#${fragment}`, 'assertionMethod', { timeMs })
    await expect(key('key-1', secondMs - 1)).resolves.toMatchObject({ state: { version: 1 } })
    await expect(key('key-1', secondMs)).rejects.toMatchObject({ code: 'ERR_DID_KEY' })
    await expect(key('key-2', secondMs - 1)).rejects.toMatchObject({ code: 'ERR_DID_KEY' })
  }
  expect(await provenStates(did)).toEqual(await statesOf(source, did))
})

async function statesOf(each: DidSource, did: Did): Promise<readonly unknown[]> {
  return Promise.all((['latest', { version: 1 }, { version: 2 }] as const).map(async moment => (await resolveDid(each, did, moment)).state))
}

/** States out of proofs that went through JSON and are opened with the trust anchor alone. */
async function provenStates(did: Did): Promise<readonly unknown[]> {
  const states: unknown[] = []
  for (const moment of ['latest', { version: 1 }, { version: 2 }] as const) {
    const proof = JSON.parse(JSON.stringify((await proven.proveState(accountOfDid(did), moment))!.proof))
    const { source: opened, provenAtMs } = await openDidProof(proof, network.descriptor, trustAnchorOf(network.descriptor))
    expect(provenAtMs).toBeGreaterThan(Date.now() - 30_000)
    states.push((await resolveDid(opened, did, moment)).state)
  }
  return states
}

test('a proof that was tampered with, or is of something else, does not hold', async () => {
  const { account, did } = await create('proven')
  const { did: other, timeMs } = await create('proven: other')
  await pass(timeMs + 1)
  const anchor = trustAnchorOf(network.descriptor)
  const proof = (await proven.proveState(accountOfDid(did), 'latest'))!.proof
  const { source: opened } = await openDidProof(proof, network.descriptor, anchor)
  await expect(resolveDid(opened, other)).rejects.toMatchObject({ code: 'ERR_LEDGER_PROOF' })
  await expect(openDidProof(proof, network.descriptor, { ...anchor, nextConsensus: stranger.scriptHash })).rejects.toMatchObject({
    code: 'ERR_LEDGER_PROOF',
  })
  const elsewhere = {
    ...network.descriptor,
    contracts: { ...network.descriptor.contracts, identifiers: network.descriptor.contracts.trust },
  }
  await expect(openDidProof(proof, elsewhere, anchor)).rejects.toMatchObject({ code: 'ERR_LEDGER_PROOF' })
  const updated = await done(updateDid(ledger, { did, expectedVersion: 1, account, sponsor, document: { id: did } }))
  await pass(updated.timeMs + 1)
  const earlier = (await proven.proveState(accountOfDid(did), { version: 1 }))!.proof
  const partial = await openDidProof({ ...earlier, entries: earlier.entries.slice(0, 1) }, network.descriptor, anchor)
  await expect(resolveDid(partial.source, did, { version: 1 })).rejects.toMatchObject({ code: 'ERR_LEDGER_PROOF' })
  const [first, ...rest] = proof.entries
  const flipped = first!.proof.replace(/.{8}$/, 'AAAAAAA=')
  for (const json of [
    null,
    {},
    { ...proof, type: 'x' },
    { ...proof, entries: [] },
    { ...proof, entries: [{ ...first, proof: flipped }, ...rest] },
  ]) {
    await expect(openDidProof(json, network.descriptor, anchor)).rejects.toMatchObject({ code: 'ERR_LEDGER_PROOF' })
  }
  expect(await proven.proveState(stranger.scriptHash, 'latest')).toBeNull()
})

describe('who may change a DID', () => {
  test('its controller alone, at the version it saw', async () => {
    const { account, did } = await create('guarded')
    const document = await documentOf(account, 'key-2')
    const newAccount = await accountOf('guarded: new')
    for (const [operation, code] of [
      [() => updateDid(ledger, { did, expectedVersion: 1, account: stranger, sponsor, document }), 'ERR_DID_NOT_AUTHORIZED'],
      [() => rotateDid(ledger, { did, expectedVersion: 1, account: stranger, newAccount, sponsor }), 'ERR_DID_NOT_AUTHORIZED'],
      [() => setRecovery(ledger, { did, expectedVersion: 1, account: stranger, recovery: null, sponsor }), 'ERR_DID_NOT_AUTHORIZED'],
      [() => deactivateDid(ledger, { did, expectedVersion: 1, account: stranger, sponsor }), 'ERR_DID_NOT_AUTHORIZED'],
      [() => updateDid(ledger, { did, expectedVersion: 2, account, sponsor, document }), 'ERR_DID_VERSION_CONFLICT'],
      [() => updateDid(ledger, { did, expectedVersion: 0, account, sponsor, document }), 'ERR_DID_VERSION_CONFLICT'],
      [() => rotateDid(ledger, { did, expectedVersion: 2, account, newAccount, sponsor }), 'ERR_DID_VERSION_CONFLICT'],
      [() => setRecovery(ledger, { did, expectedVersion: 2, account, recovery: null, sponsor }), 'ERR_DID_VERSION_CONFLICT'],
      [() => deactivateDid(ledger, { did, expectedVersion: 2, account, sponsor }), 'ERR_DID_VERSION_CONFLICT'],
    ] as const) {
      await expect(operation()).rejects.toMatchObject({ code, cause: { code: 'ERR_LEDGER_DRY_RUN_FAULT' } })
    }
    expect((await resolveDid(source, did)).state).toMatchObject({ version: 1 })
  })

  test('not its old controller after rotating, and the new one only then', async () => {
    const { account, did } = await create('rotated')
    const newAccount = await accountOf('rotated: new')
    const document = await documentOf(account, 'key-2')
    await expect(updateDid(ledger, { did, expectedVersion: 1, account: newAccount, sponsor, document })).rejects.toMatchObject({
      code: 'ERR_DID_NOT_AUTHORIZED',
    })
    expect(await done(rotateDid(ledger, { did, expectedVersion: 1, account, newAccount, sponsor }))).toMatchObject({ version: 2 })
    await expect(updateDid(ledger, { did, expectedVersion: 2, account, sponsor, document })).rejects.toMatchObject({
      code: 'ERR_DID_NOT_AUTHORIZED',
    })
    const { document: resolved } = await resolveDid(source, did)
    expect(await done(updateDid(ledger, { did, expectedVersion: 2, account: newAccount, sponsor, document: resolved }))).toMatchObject({
      version: 3,
    })
  })

  test('nobody once it is deactivated', async () => {
    const { account, did } = await create('ended', 1_000)
    const { version, timeMs } = await done(deactivateDid(ledger, { did, expectedVersion: 1, account, sponsor }))
    expect(version).toBe(2)
    const guardian = await accountOf('guardian')
    const newAccount = await accountOf('ended: new')
    for (const operation of [
      () => updateDid(ledger, { did, expectedVersion: 2, account, sponsor, document: { id: did } }),
      () => rotateDid(ledger, { did, expectedVersion: 2, account, newAccount, sponsor }),
      () => setRecovery(ledger, { did, expectedVersion: 2, account, recovery: null, sponsor }),
      () => deactivateDid(ledger, { did, expectedVersion: 2, account, sponsor }),
      () => startRecovery(ledger, { did, attempt: '1', recoveryAccount: guardian, newController: newAccount.scriptHash, sponsor }),
    ]) {
      await expect(operation()).rejects.toMatchObject({ code: 'ERR_DID_DEACTIVATED' })
    }
    await pass(timeMs + 1)
    for (const each of [source, proven]) {
      expect(await resolve(each, did)).toMatchObject({ didDocument: null, didDocumentMetadata: { deactivated: true, versionId: '2' } })
      expect(await resolve(each, did, new Map([['versionId', '1']]))).toMatchObject({ didDocument: { id: did } })
      await expect(findVerificationKey(each, `${did}#key-1`, 'assertionMethod', 'latest')).rejects.toMatchObject({
        code: 'ERR_DID_DEACTIVATED',
      })
    }
  })

  test('of two writers on one version one wins, and the other is told', async () => {
    const { account, did } = await create('contended')
    const writers = [network.client(), network.client()].map((client, index) => ({ client, document: `key-${index + 2}` }))
    const outcomes = await Promise.allSettled(
      writers.map(async ({ client, document }) =>
        done(
          updateDid(
            { client, network: network.descriptor },
            { did, expectedVersion: 1, account, sponsor, document: await documentOf(account, document) },
          ),
        ),
      ),
    )
    const winner = outcomes.findIndex(({ status }) => status === 'fulfilled')
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'ERR_DID_VERSION_CONFLICT' } })
    const { document, state } = await resolveDid(source, did)
    expect([state.version, document?.verificationMethod?.[0]?.id]).toEqual([2, `${did}#key-${winner + 2}`])
  })

  test('a multi-signature account by as many as its threshold', async () => {
    const signers = await Promise.all(['one', 'two', 'three'].map(name => fixedSigner(name)))
    const keys = signers.map(({ publicKey }) => publicKey)
    const officers = multisigAccount(2, keys, signers.slice(1))
    const { did } = await done(createDid(ledger, { account: officers, sponsor }))
    expect(did).toBe(didOf('test', multisigScriptHash(2, keys)))
  })
})

describe('recovery', () => {
  test('after the delay, by the recovery account and the new controller', async () => {
    const { account, did } = await create('lost', 1_000)
    const guardian = await accountOf('guardian')
    const newAccount = await accountOf('lost: new')
    const newController = newAccount.scriptHash
    const start = (recoveryAccount: Account, attempt: string) =>
      startRecovery(ledger, { did, attempt, recoveryAccount, newController, sponsor })
    const finish = (recoveryAccount: Account, taker: Account) =>
      finishRecovery(ledger, { did, attempt: '1', recoveryAccount, newAccount: taker, sponsor })
    await expect(start(stranger, '1')).rejects.toMatchObject({ code: 'ERR_DID_NOT_AUTHORIZED' })
    await expect(start(account, '1')).rejects.toMatchObject({ code: 'ERR_DID_NOT_AUTHORIZED' })
    await expect(finish(guardian, newAccount)).rejects.toMatchObject({ code: 'ERR_DID_RECOVERY' })
    const { version, timeMs } = await done(start(guardian, '1'))
    expect(version).toBeUndefined()
    const control = await findControl(network.ledger, network.descriptor, did)
    expect(control).toMatchObject({
      version: 1,
      controller: account.scriptHash,
      deactivated: false,
      recovery: guardian.scriptHash,
      recoveryDelayMs: 1_000,
      pending: { newController, readyMs: timeMs + 1_000 },
    })
    await expect(finish(guardian, newAccount)).rejects.toMatchObject({ code: 'ERR_DID_RECOVERY_EARLY' })
    await expect(finish(guardian, stranger)).rejects.toMatchObject({ code: 'ERR_DID_NOT_AUTHORIZED' })
    await pass(timeMs + 1_000)
    await expect(finish(stranger, newAccount)).rejects.toMatchObject({ code: 'ERR_DID_NOT_AUTHORIZED' })
    expect(await done(finish(guardian, newAccount))).toMatchObject({ version: 2 })
    expect((await resolveDid(source, did)).state).toMatchObject({ operation: 'recover', controller: newController })
    await expect(deactivateDid(ledger, { did, expectedVersion: 2, account, sponsor })).rejects.toMatchObject({
      code: 'ERR_DID_NOT_AUTHORIZED',
    })
  })

  test('not after the veto of the controller, who alone has it, and from the start again after that', async () => {
    const { account, did } = await create('vetoed', 1_000)
    const guardian = await accountOf('guardian')
    const newAccount = await accountOf('vetoed: new')
    const start = (attempt: string) =>
      startRecovery(ledger, { did, attempt, recoveryAccount: guardian, newController: newAccount.scriptHash, sponsor })
    const veto = (by: Account) => vetoRecovery(ledger, { did, attempt: '1', account: by, sponsor })
    await expect(veto(account)).rejects.toMatchObject({ code: 'ERR_DID_RECOVERY' })
    const { timeMs } = await done(start('1'))
    await expect(veto(guardian)).rejects.toMatchObject({ code: 'ERR_DID_NOT_AUTHORIZED' })
    await done(veto(account))
    await pass(timeMs + 1_000)
    await expect(finishRecovery(ledger, { did, attempt: '1', recoveryAccount: guardian, newAccount, sponsor })).rejects.toMatchObject({
      code: 'ERR_DID_RECOVERY',
    })
    await done(start('2'))
    expect((await findControl(network.ledger, network.descriptor, did))?.pending).not.toBeNull()
  })

  test('not where no terms are set, or once they are taken back', async () => {
    const guardian = await accountOf('guardian')
    const { account, did } = await create('alone')
    const start = (attempt: string) =>
      startRecovery(ledger, { did, attempt, recoveryAccount: guardian, newController: stranger.scriptHash, sponsor })
    await expect(start('1')).rejects.toMatchObject({ code: 'ERR_DID_RECOVERY' })
    const recovery = { account: guardian.scriptHash, delayMs: 1_000 }
    expect(await done(setRecovery(ledger, { did, expectedVersion: 1, account, recovery, sponsor }))).toMatchObject({ version: 2 })
    await done(start('2'))
    await done(setRecovery(ledger, { did, expectedVersion: 2, account, recovery: null, sponsor }))
    expect((await resolveDid(source, did)).state).toMatchObject({
      version: 3,
      operation: 'setRecovery',
      recovery: null,
      recoveryDelayMs: 0,
    })
    expect((await findControl(network.ledger, network.descriptor, did))?.pending).toBeNull()
  })
})

/** Waits until the network has a block of that time or later. What a block wrote is proven by the header after it. */
async function pass(timeMs: number): Promise<void> {
  for (;;) {
    const header = await light.sync()
    if (header.timeMs >= timeMs) return
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}
