import { readFileSync } from 'node:fs'
import { identifiers, parseSpentNotification, proofs, proofsFaults, status, trust } from '@hufu/bindings'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import { createNodeProver } from '@hufu/circuits/node'
import { type Account, addressOfScriptHash, asBoolean, asBytes, type ContractCall, type LedgerWriter, type ScriptHash } from '@hufu/ledger'
import { randomBytes, utf8ToBytes } from '@hufu/primitives'
import {
  CredentialTree,
  circuitNames,
  compileStatement,
  createNodeHasher,
  createScalarEngine,
  leafOfCredential,
  type PublishedRoots,
  prepareCredential,
  presentToLedger,
  randomScalar,
  readAttributeLayout,
  rootSetOf,
  type SpendRequest,
  scalarFromBytes,
  scalarToBytes,
  spendTerms,
  type ZkCredential,
} from '@hufu/proofs'
import { startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const typeId = 'urn:hufu:concession'
const queryId = 'ride'
const dayMs = 86_400_000
const minuteMs = 60_000n
const zero = new Uint8Array(32)
const layout = readAttributeLayout({
  type: 'object',
  properties: {
    birth_date: { title: 'x', type: 'string', format: 'date', 'x-slot': 0, 'x-encoding': 'days' },
    fare_percent: { title: 'x', type: 'integer', 'x-slot': 1, 'x-encoding': 'number' },
  },
})

let network: TestNetwork
let issuer: Account
let gate: Account
let contract: ReturnType<typeof proofs>
let tree: CredentialTree
let count = 0
const secret = randomScalar(randomBytes)
const prover = createNodeProver()

beforeAll(async () => {
  network = await startTestNetwork({ validators: 1 })
  const names = ['bureau', 'issuer', 'gate']
  const [bureau, ...others] = await network.fundedAccounts(...names)
  ;[issuer, gate] = others as [Account, Account]
  const { contracts } = network.descriptor
  contract = proofs(contracts.proofs.hash)
  const trusted = trust(contracts.trust.hash)
  for (const account of [bureau!, issuer, gate]) {
    const call = identifiers(contracts.identifiers.hash).register({
      identifier: account.scriptHash,
      document: utf8ToBytes('{}'),
      recovery: null,
      recoveryDelayMs: 0n,
    })
    await write(call, account)
  }
  const [authority, validUntilMs] = [bureau!.scriptHash, BigInt(Date.now() + 1_000 * dayMs)]
  await found(trusted.addAuthority({ authority, region: '990100', validUntilMs }))
  for (const institution of [issuer.scriptHash, gate.scriptHash])
    await write(trusted.addInstitution({ authority, institution, kind: 'transport', validUntilMs }), bureau!)
  await found(trusted.registerCredentialType({ typeId, version: 1n, schema: utf8ToBytes('{}') }))
  await write(trusted.accreditIssuer({ authority, institution: issuer.scriptHash, typeId, validFromMs: 0n, validUntilMs }), bureau!)
  await found(trusted.registerQuery({ authority, institution: gate.scriptHash, queryId, content: utf8ToBytes('{}') }))
  for (const circuitId of circuitNames) {
    const key = new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuitId)))
    await found(contract.setVerifyingKey({ circuitId, version: 1n, key }))
  }
  tree = new CredentialTree(createNodeHasher(await createScalarEngine()))
})

afterAll(async () => {
  prover.close()
  await network?.stop()
})

test('a concession is spent once, its holder nameless; a replaced root counts until it is too old, and a revoked credential not at all', async () => {
  const credential = await issue({ birth_date: '1950-05-05', fare_percent: 0 })
  const nonce = randomBytes(32)
  const spending = await present(credential, await publishedRoots(1), nonce, 7)
  const rootSet = await record(1n)
  expect(rootSet).toEqual(scalarToBytes(rootSetOf((await publishedRoots(1)).roots)))

  // Whatever the gate changes, or another institution takes over, the proofs are not for that.
  await expectFault(spend(spending, { nonce: randomBytes(32) }), proofsFaults.invalid)
  await expectFault(spend({ ...spending, event: 8 }, { nonce }), proofsFaults.invalid)
  // The day before: the day after is too far from the block's for the contract while China's day is ahead of it.
  await expectFault(spend({ ...spending, today: spending.today - 1 }, { nonce }), proofsFaults.invalid)
  await expectFault(spend(spending, { nonce, rootSet: scalarToBytes(5n) }), proofsFaults.rootSet)

  const { notifications } = await write(spend(spending, { nonce }), gate)
  const spent = parseSpentNotification(notifications.find(({ name }) => name === 'Spent')!)
  expect(spent).toMatchObject({ verifier: gate.scriptHash, queryId, nullifier: spending.nullifier, commitment: spending.commitment })
  const isSpent = contract.isSpent({ scope: spent.scope, nullifier: spending.nullifier })
  expect(asBoolean(await network.ledger.invokeRead(isSpent))).toBe(true)
  await expectFault(spend(spending, { nonce }), proofsFaults.spent)

  // The same person, with another proof and commitment, at the same event and at the next.
  const again = randomBytes(32)
  await expectFault(spend(await present(credential, await publishedRoots(1), again, 7), { nonce: again }), proofsFaults.spent)
  await write(spend(await present(credential, await publishedRoots(1), again, 8), { nonce: again }), gate)

  // Revoked: proofs for the old root hold for as long as the gate takes it, and for the new root there are none.
  const late = randomBytes(32)
  const before = await present(credential, await publishedRoots(1), late, 9)
  tree.setLeaves([credential.leafIndex], zero)
  const revoke = { issuer: issuer.scriptHash, typeId, indices: [BigInt(credential.leafIndex)], leaves: zero, root: tree.root }
  await write(status(network.descriptor.contracts.status.hash).setLeaves(revoke), issuer)
  await expect(present(credential, await publishedRoots(2), late, 9)).rejects.toMatchObject({ code: 'ERR_PROOF_UNSATISFIED' })
  await record(1n)
  await expectFault(spend(before, { nonce: late, maxRootAgeMs: 0n }), proofsFaults.rootAge)
  await expectFault(spend(before, { nonce: late, rootSet: await record(2n) }), proofsFaults.invalid)
  await write(spend(before, { nonce: late }), gate)
}, 180_000)

/** A credential whose leaf stands in the issuer's tree on the ledger. */
async function issue(claims: ZkCredential['claims']): Promise<ZkCredential> {
  const credential: ZkCredential = {
    credentialType: typeId,
    schemaVersion: 1,
    issuer: didOf(issuer.scriptHash),
    claims,
    leafIndex: tree.size,
    expires: '2099-12-31',
    salt: randomScalar(randomBytes),
    blinding: randomScalar(randomBytes),
  }
  const leaves = scalarToBytes(leafOfCredential(credential, layout, secret))
  tree.append(leaves)
  const added = { issuer: issuer.scriptHash, typeId, firstIndex: BigInt(credential.leafIndex), leaves, root: tree.root }
  await write(status(network.descriptor.contracts.status.hash).append(added), issuer)
  return credential
}

/** The wallet's side: 65 or older, at a fare of 0 to 50 per cent. */
async function present(credential: ZkCredential, published: PublishedRoots, nonce: Uint8Array, event: number): Promise<SpendRequest> {
  const statement = statementOf(event)
  const path = tree.path(credential.leafIndex)
  const { slots } = statement
  const prepared = await prepareCredential({ prover, random: randomBytes, credential, layout, secret, path, published, slots })
  const challenge = {
    networkMagic: network.descriptor.magic,
    contract: network.descriptor.contracts.proofs.hash,
    verifier: gate.scriptHash,
    nonce,
  }
  return presentToLedger({ prover, secret, credential, prepared, statement, challenge })
}

function statementOf(event: number) {
  const asked = {
    credentialType: typeId,
    where: [
      { claim: 'birth_date', ageAtLeast: 65 },
      { claim: 'fare_percent', atMost: 50 },
    ],
    pseudonym: { purpose: 'ride', event },
    maxRootAgeSeconds: 60,
  }
  return compileStatement(asked, layout, { today: new Date(Date.now() + dayMs / 3).toISOString().slice(0, 10) })
}

/** The gate's side: what it asks comes from its own statement. */
function spend(
  request: SpendRequest,
  { nonce, rootSet, maxRootAgeMs = minuteMs }: { nonce: Uint8Array; rootSet?: Uint8Array; maxRootAgeMs?: bigint },
): ContractCall {
  const { purpose, event, predicates } = spendTerms(statementOf(request.event))
  expect(predicates).toEqual(request.predicates)
  return contract.spend({
    verifier: gate.scriptHash,
    queryId,
    purpose: utf8ToBytes(purpose),
    event: BigInt(event),
    nonce,
    maxRootAgeMs,
    rootSet: rootSet ?? firstRootSet,
    commitment: request.commitment,
    meta: request.meta,
    today: BigInt(request.today),
    nullifier: request.nullifier,
    predicates,
    proofs: request.proofs,
  })
}

let firstRootSet: Uint8Array = zero

/** Records the root set of the issuer's root with this number. */
async function record(rootIndex: bigint): Promise<Uint8Array> {
  const { notifications } = await write(contract.recordRootSet({ typeId, issuers: [issuer.scriptHash], rootIndexes: [rootIndex] }), gate)
  const rootSet = asBytes(notifications.find(({ name }) => name === 'RootSetRecorded')!.items[1])
  if (rootIndex === 1n) firstRootSet = rootSet
  return rootSet
}

async function publishedRoots(rootIndex: number): Promise<PublishedRoots> {
  const { hash } = network.descriptor.contracts.status
  const call = status(hash).rootAt({ issuer: issuer.scriptHash, typeId, rootIndex: BigInt(rootIndex) })
  const found = await network.ledger.invokeRead(call)
  if (found.type !== 'Struct') throw new Error('there is no such root')
  const entry = { issuer: didOf(issuer.scriptHash), rootIndex }
  return { list: { credentialType: typeId, height: 1, issuers: [entry] }, roots: [scalarFromBytes(asBytes(found.value[1]))] }
}

function didOf(account: ScriptHash): string {
  return `did:neo:test:${addressOfScriptHash(account)}`
}

/** As the council does. */
function found(call: ContractCall) {
  return write(call, network.committee, network.founding)
}

async function write(call: ContractCall, account: Account, writer: LedgerWriter = network.ledger) {
  count++
  return (await writer.submit([call], { account, idempotencyKey: `${call.method} ${count}` })).inBlock()
}

async function expectFault(call: ContractCall, text: string): Promise<void> {
  const failure = { code: 'ERR_LEDGER_DRY_RUN_FAULT', reason: expect.stringContaining(text) }
  await expect(write(call, gate)).rejects.toMatchObject(failure)
}
