import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { status } from '@hufu/bindings'
import { createDid } from '@hufu/did'
import { type Account, singleAccount } from '@hufu/ledger'
import {
  createNodeHasher,
  createScalarEngine,
  leafOfPath,
  MemoryTreeLog,
  pathInBucket,
  type TreeAlarm,
  type TreeKey,
  TreeWriter,
  verifyBucket,
  verifyPath,
} from '@hufu/proofs'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import { accreditIssuer, addAuthority, addInstitution, ledgerTrustSource, registerCredentialType, suspendGrant } from '@hufu/trust'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { openTrees, type Trees, type TreesOptions } from './open-trees.ts'

const typeId = 'resident'
const epochMs = 2_000
const network = await startTestNetwork({ validators: 1 })
const { descriptor, ledger: client, committee } = network
const ledger = { client, network: descriptor }
const founding = { client: network.founding, network: descriptor }
const contract = descriptor.contracts.status.hash
const hasher = createNodeHasher(await createScalarEngine())
const trust = ledgerTrustSource(client, descriptor)
const opened: Trees[] = []
let folder: string
let bureau: Account
let bank: Account

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hufu-trees-'))
  const done = async (write: Promise<{ inBlock(): Promise<unknown> }>) => void (await (await write).inBlock())
  const register = async (name: string) => {
    const account = singleAccount(await fixedSigner(`trees: ${name}`))
    await done(createDid(ledger, { account, sponsor: committee }))
    return account
  }
  bureau = await register('bureau')
  bank = await register('bank')
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: {} }
  await done(addAuthority(founding, { authority: bureau.scriptHash, region: '990100', account: committee }))
  await done(registerCredentialType(founding, { typeId, version: 1, schema, account: committee }))
  for (const { scriptHash: institution } of [bureau, bank]) {
    const byBureau = { authority: bureau.scriptHash, account: bureau, sponsor: committee, institution }
    await done(addInstitution(ledger, { ...byBureau, kind: 'bureau' }))
    await done(accreditIssuer(ledger, { ...byBureau, typeId }))
  }
})

afterEach(async () => {
  for (const trees of opened.splice(0)) await trees.close()
})

afterAll(async () => {
  await network.stop()
  await rm(folder, { recursive: true, force: true })
})

const keyOf = (account: Account): TreeKey => ({ issuer: account.scriptHash, typeId })

async function open(name: string, options: Partial<TreesOptions> = {}): Promise<Trees> {
  const trees = await openTrees({
    client,
    network: descriptor,
    trust,
    folder: join(folder, name),
    retryMs: 50,
    epochMs,
    snapshotMs: 0,
    ...options,
  })
  opened.push(trees)
  return trees
}

function writing(trees: Trees, account: Account): Promise<TreeWriter> {
  const log = new MemoryTreeLog()
  return TreeWriter.open({ client, contract, key: keyOf(account), account, sponsor: committee, source: trees, hasher, log })
}

function leavesOf(count: number, seed: number): Uint8Array {
  const leaves = new DataView(new ArrayBuffer(count * 32))
  for (let index = 0; index < count; index++) {
    leaves.setUint32(index * 32, index)
    leaves.setUint32(index * 32 + 4, seed)
  }
  return new Uint8Array(leaves.buffer)
}

/** All that trees answer. */
async function answers(trees: Trees) {
  await trees.refresh()
  const roots = await Promise.all([bureau, bank].map(account => trees.roots(keyOf(account), { from: 1, limit: 100 })))
  return { roots, alarms: trees.alarms }
}

test('an issuer appends, revokes, suspends and reinstates; anyone rebuilds the tree and gets paths from it', async () => {
  const trees = await open('first')
  const writer = await writing(trees, bureau)
  const leaves = leavesOf(4_100, 1)
  expect(await writer.append(leaves)).toHaveLength(4_100)
  await writer.revokeLeaves([1], 'moved away')
  await writer.suspendLeaves([4_097, 2], 'lost')
  const other = await open('other')
  await other.refresh()
  const suspended = (await other.latestRoot(keyOf(bureau)))!
  await writer.reinstateLeaves([4_097, 2], 'found')
  await other.refresh()
  const last = (await other.latestRoot(keyOf(bureau)))!
  expect(last).toMatchObject({ rootIndex: 6, size: 4_100 })
  const onLedger = (rootIndex: number) =>
    client.invokeRead(status(contract).rootAt({ issuer: bureau.scriptHash, typeId, rootIndex: BigInt(rootIndex) }))
  for (const { rootIndex, root, timeMs, size } of await other.roots(keyOf(bureau), { from: 1, limit: 100 })) {
    const values = (await onLedger(rootIndex)) as { value: readonly { value: unknown }[] }
    expect(values.value.slice(0, 4).map(({ value }) => value)).toEqual([BigInt(size), root, BigInt(timeMs), BigInt(rootIndex)])
  }
  const leafAt = async (index: number, { root, rootIndex }: { root: Uint8Array; rootIndex: number }) => {
    const bucket = (await other.bucket(keyOf(bureau), Math.floor(index / 4_096), rootIndex))!
    verifyBucket(bucket, root, hasher)
    const path = pathInBucket(bucket, index, hasher)
    verifyPath(path, root, hasher)
    return leafOfPath(path)
  }
  const leaf = (index: number) => leaves.slice(index * 32, index * 32 + 32)
  const zero = new Uint8Array(32)
  expect(await leafAt(0, last)).toEqual(leaf(0))
  expect(await leafAt(1, last)).toEqual(zero)
  for (const index of [2, 4_097]) {
    expect(await leafAt(index, suspended)).toEqual(zero)
    expect(await leafAt(index, last)).toEqual(leaf(index))
  }
  expect(other.alarms).toEqual([])
})

test('an issuer that publishes a false root is alarmed on, and does not count in the epoch; following goes on', async () => {
  const alarms: TreeAlarm[] = []
  const trees = await open('first', { onAlarm: alarm => alarms.push(alarm) })
  const leaves = leavesOf(3, 2)
  const root = leavesOf(1, 3)
  const call = status(contract).append({ issuer: bank.scriptHash, typeId, firstIndex: 0n, leaves, root })
  await (await client.submit([call], { account: bank, sponsor: committee, idempotencyKey: 'false root' })).inBlock()
  await trees.refresh()
  expect(alarms).toHaveLength(1)
  expect(alarms[0]).toMatchObject({ ...keyOf(bank), rootIndex: 1, reason: 'root', published: root })
  expect(alarms[0]!.expected).toEqual(trees.followedTree(keyOf(bank))!.tree.root)
  const issuersAt = async () => {
    const epoch = (await trees.epochRoots(typeId, 'latest'))!
    return { height: epoch.height, issuers: epoch.lists.flat().map(({ issuer }) => issuer) }
  }
  const whileFalse = await nextEpoch(trees, alarms[0]!.blockIndex)
  expect((await issuersAt()).height).toBe(whileFalse)
  expect((await issuersAt()).issuers).toEqual([bureau.scriptHash])
  const writer = await writing(trees, bank)
  await writer.append(leavesOf(1, 4))
  await nextEpoch(trees, trees.height)
  expect((await issuersAt()).issuers.toSorted()).toEqual([bureau.scriptHash, bank.scriptHash].toSorted())
  const grant = { kind: 'issue', subject: bank.scriptHash, name: typeId } as const
  await (
    await suspendGrant(ledger, { grant, actor: bureau.scriptHash, account: bureau, sponsor: committee, attempt: '1', reason: 1 })
  ).inBlock()
  await nextEpoch(trees, (await client.getBlockCount()) - 1)
  expect((await issuersAt()).issuers).toEqual([bureau.scriptHash])
  expect(alarms).toHaveLength(1)
})

/** Waits for the epoch after the one in which the block is. @returns its height */
async function nextEpoch(trees: Trees, blockIndex: number): Promise<number> {
  await expect.poll(async () => (await trees.epochRoots(typeId, 'latest'))?.height ?? 0, { timeout: 20_000 }).toBeGreaterThan(blockIndex)
  return (await trees.epochRoots(typeId, 'latest'))!.height
}

test('goes on from a snapshot, and has the same as a rebuild, also where the snapshot is damaged', async () => {
  const rebuilt = await answers(await open('rebuilt'))
  expect(rebuilt.roots[0]!.length).toBeGreaterThan(5)
  expect(rebuilt.alarms).toHaveLength(1)
  const resumed = await open('first')
  expect(resumed.height).toBeGreaterThan(0)
  expect(await answers(resumed)).toEqual(rebuilt)
  await resumed.close()
  const [nodes] = (await readdir(join(folder, 'first'))).filter(file => file.endsWith('.nodes'))
  await truncate(join(folder, 'first', nodes!), 64)
  const errors: unknown[] = []
  const damaged = await open('first', { onError: error => errors.push(error) })
  expect(damaged.height).toBe(-1)
  expect(errors).toEqual([expect.objectContaining({ code: 'ERR_PROOF_TREE' })])
  expect(await answers(damaged)).toEqual(rebuilt)
})

test('one process at a time works on a folder', async () => {
  await open('locked')
  await expect(open('locked')).rejects.toMatchObject({ code: 'ERR_FILE_LOCKED' })
})
