import 'fake-indexeddb/auto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToJwk, type Signer } from '@hufu/keys'
import { type Account, type NetworkDescriptor, singleAccount } from '@hufu/ledger'
import { bytesToUtf8, type Json, parseJson, systemClock } from '@hufu/primitives'
import {
  type CircuitName,
  circuitNames,
  createNodeHasher,
  createProofChecker,
  createScalarEngine,
  createVerifier,
  epochRootFinder,
  MemoryReplayStore,
  MemoryTreeLog,
  parseVerifyingKey,
  readAttributeLayout,
  scalarToBytes,
  TreeWriter,
  type VerifyingKey,
  verifyPresentation,
} from '@hufu/proofs'
import { createHttpServer, createLog, openTrees, type Trees } from '@hufu/service'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import {
  accreditIssuer,
  addAuthority,
  addInstitution,
  grantReasons,
  ledgerTrustSource,
  registerCredentialType,
  registerQuery,
  suspendGrant,
} from '@hufu/trust'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { treeRoutes } from '../../apps/institution/src/trees/tree-routes.ts'
import { FakeIssuer } from '../../apps/wallet/src/core/fixture/fake-issuer.ts'
import type { TestParty } from '../../apps/wallet/src/core/fixture/fake-ledger.ts'
import { FakeVerifier } from '../../apps/wallet/src/core/fixture/fake-verifier.ts'
import { FakeWeb } from '../../apps/wallet/src/core/fixture/fake-web.ts'
import { claims, contentOf, pin, plainQuery, schema, typeId, zkQuery } from '../../apps/wallet/src/core/fixture/test-world.ts'
import { openWallet } from '../../apps/wallet/src/core/open-wallet.ts'
import type { Wallet } from '../../apps/wallet/src/core/wallet.ts'
import { createNodeProver } from '../../circuits/src/node-prover.ts'

const epochMs = 2_000
const chain = await startTestNetwork({ validators: 1 })
const network: NetworkDescriptor = { ...chain.descriptor, epochMs }
const ledger = { client: chain.ledger, network }
/** Writes as the council, by the committee's account. */
const founding = { client: chain.founding, network }
const told = ledgerTrustSource(chain.ledger, network)
const { committee } = chain
const sponsor = committee
const web = new FakeWeb()
const prover = createNodeProver()
const folder = mkdtempSync(join(tmpdir(), 'hufu-wallet-'))
/** What the tree node does to its answers. */
let lie: (path: string, answer: Response) => Promise<Response> | Response = (_, answer) => answer
let bureau: Account
let bank: Account
let trees: Trees
let issuer: FakeIssuer
let verifier: FakeVerifier
let writer: TreeWriter
let wallet: Wallet

beforeAll(async () => {
  const authority = singleAccount(await fixedSigner('wallet: authority'))
  ;[bureau, bank] = [singleAccount(await fixedSigner('wallet: bureau')), singleAccount(await fixedSigner('wallet: bank'))]
  await register(authority, await fixedSigner('wallet: authority key'), 'https://authority.example')
  const issuing = await register(bureau, await fixedSigner('wallet: bureau key'), 'https://bureau.example')
  const asking = await register(bank, await fixedSigner('wallet: bank key'), 'https://bank.example')
  const by = { authority: authority.scriptHash, account: authority, sponsor }
  const asked = { authority: authority.scriptHash, account: committee }
  const writes = [
    () => addAuthority(founding, { authority: authority.scriptHash, region: '990100', account: committee }),
    () => registerCredentialType(founding, { typeId, version: 1, schema, account: committee }),
    () => addInstitution(ledger, { ...by, institution: bureau.scriptHash, kind: 'bureau' }),
    () => addInstitution(ledger, { ...by, institution: bank.scriptHash, kind: 'bank' }),
    () => accreditIssuer(ledger, { ...by, institution: bureau.scriptHash, typeId }),
    () => registerQuery(founding, { ...asked, institution: bank.scriptHash, queryId: 'open', version: 1, content: contentOf(plainQuery) }),
    () =>
      registerQuery(founding, { ...asked, institution: bank.scriptHash, queryId: 'adult', version: 1, content: contentOf(zkQuery(18)) }),
  ]
  for (const write of writes) await (await write()).inBlock()
  // A proof tells of the block before the newest; and what is issued in the second of its accreditation bears a time before it.
  const written = await chain.ledger.getBlockCount()
  while ((await chain.ledger.getBlockCount()) < written + 2) await sleep(100)
  trees = await openTrees({ client: chain.ledger, network, trust: told, folder: join(folder, 'trees') })
  serveTrees()
  const expiresAtMs = Date.parse('2028-01-01T00:00:00+08:00')
  issuer = new FakeIssuer({ party: issuing, typeId, schema, clock: systemClock, web, claims, expiresAtMs })
  issuer.zkLeafIndex = 0
  verifier = new FakeVerifier({ party: asking, clock: systemClock, web })
  writer = await TreeWriter.open({
    client: chain.ledger,
    contract: network.contracts.status.hash,
    key: { issuer: bureau.scriptHash, typeId },
    account: bureau,
    sponsor,
    source: trees,
    hasher: createNodeHasher(await createScalarEngine()),
    log: new MemoryTreeLog([]),
  })
  web.on('GET https://wallet.example/network.json', () => Response.json({ network, institutions: institutions(), circuits: {} }))
  wallet = await openWallet({ baseUrl: 'https://wallet.example/', fetch: routed, prover, iterations: 10 })
  await wallet.create({ pin })
})

afterAll(async () => {
  wallet?.lock()
  prover.close()
  await trees?.close()
  await chain.stop()
  rmSync(folder, { recursive: true, force: true })
})

function institutions(): Json {
  return [{ did: issuer.party.did, url: 'https://bureau.example', name: { 'zh-CN': '市局', en: 'City bureau' } }]
}

async function register(account: Account, signer: Signer, url: string): Promise<TestParty> {
  const did = didOf('test', account.scriptHash)
  const kid = `${did}#key-1`
  const document = {
    id: did,
    verificationMethod: [{ id: kid, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(signer.publicKey) }],
    authentication: [kid],
    assertionMethod: [kid],
    service: [{ id: `${did}#institution`, type: 'HufuInstitution', serviceEndpoint: url }],
  }
  await (await createDid(ledger, { account, sponsor, document })).inBlock()
  return { account: account.scriptHash, did, kid, signer, url }
}

/** Institutions in memory, the ledger's node over the network. */
function routed(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
  return String(input).includes('.example/') ? web.fetch(input, init) : fetch(input, init)
}

/** The bureau's server gives out trees, as every institution's does. */
function serveTrees(): void {
  const server = createHttpServer({ log: createLog({ level: 'silent' }), bodyLimitBytes: 1_024, requestTimeoutMs: 10_000 })
  treeRoutes(server, { network: network.name, trees })
  web.otherwise = async request => {
    const { pathname, search } = new URL(request.url)
    const answer = await server.inject({ url: `${pathname}${search}` })
    return lie(pathname, new Response(new Uint8Array(answer.rawPayload), { status: answer.statusCode }))
  }
}

async function show(dcql: typeof plainQuery | ReturnType<typeof zkQuery>, queryId: string) {
  const begun = await verifier.begin(dcql, queryId)
  const request = await wallet.open(begun.link)
  if (request.kind !== 'request') throw new TypeError(`${request.kind}: ${JSON.stringify(request)}`)
  const answer = async () => {
    await wallet.answer(request, request.options[0]!.id)
    return begun.answer![0]!.presentation as string
  }
  return { begun, request, answer }
}

/** Until the leaf, as it is now, stands in an epoch's roots. */
async function nextEpoch(): Promise<void> {
  const isThere = async () => {
    const epoch = await trees.epochRoots(typeId, 'latest')
    const latest = await trees.latestRoot({ issuer: bureau.scriptHash, typeId })
    return epoch !== null && latest !== null && epoch.lists[0]?.some(({ root }) => root.rootIndex === latest.rootIndex) === true
  }
  while (!(await isThere())) await new Promise(resolve => setTimeout(resolve, 200))
}

test('collects from an issuer whose right the light client proved', async () => {
  const offer = await wallet.open(issuer.offerLink)
  expect(offer).toMatchObject({ kind: 'offer', issuer: { name: { en: 'City bureau' } } })
  if (offer.kind !== 'offer') return
  issuer.isLeafDurable = true
  await wallet.accept(offer, { txCode: issuer.txCode })
  await expect.poll(async () => (await wallet.credentials())[0]?.zk.state, { timeout: 10_000 }).toBe('ready')
  expect(await wallet.credentials()).toMatchObject([{ status: 'valid', copiesLeft: 8 }])
})

test('shows a copy, and proves from the tree; a verifier of its own accepts the proof', async () => {
  await (await show(plainQuery, 'open')).answer()
  // The newest header carries the state before it: what was just written is proven with the block after.
  const { link } = await verifier.begin(zkQuery(18), 'adult')
  await expect.poll(async () => (await wallet.open(link)).kind, { timeout: 10_000 }).toBe('request')
  expect(await writer.append(scalarToBytes(issuer.leaf))).toEqual([0])
  await nextEpoch()
  const { begun, answer } = await show(zkQuery(18), 'adult')
  const text = await answer()
  const layout = readAttributeLayout(parseJson(bytesToUtf8((await told.findCredentialType(typeId, 1))!.schema)))
  const { where, pseudonym, maxRootAgeSeconds } = zkQuery(18).credentials[0]!.meta.statement
  const statement = {
    credentialType: typeId,
    where: [...where, { claim: 'city_code', disclose: true as const }],
    pseudonym,
    maxRootAgeSeconds,
  }
  const verified = await verifyPresentation(text, {
    challenge: begun.binding('residence').challenge,
    ask: { statement, layout },
    findRoots: epochRootFinder(
      (type, height) => trees.epochRoots(type, { height }),
      account => didOf('test', account),
    ),
    checkProofs: createProofChecker(await createVerifier(), verifyingKeys()),
    replay: new MemoryReplayStore(() => Date.now()),
  })
  expect(verified).toMatchObject({ credentialType: typeId, disclosed: { city_code: '990100' } })
  expect(verified.pseudonym).toHaveLength(43)
})

test('a node that makes up roots, times or buckets is believed in nothing', async () => {
  const changed = (path: string, change: (json: Epoch) => void) => async (asked: string, answer: Response) => {
    if (!asked.startsWith(path)) return answer
    const json = (await answer.json()) as Epoch
    change(json)
    return Response.json(json)
  }
  interface Epoch {
    epoch: number
    height: number
    timeMs: number
    lists: { list: { height: number; issuers: { rootIndex: number }[] }; roots: { root: string; rootIndex: number; size: number }[] }[]
  }
  const lies: Record<string, typeof lie> = {
    'another root': changed('/epochs', json => (json.lists[0]!.roots[0]!.root = '01'.padEnd(64, '0'))),
    'another number of a root': changed('/epochs', json => {
      json.lists[0]!.roots[0]!.rootIndex++
      json.lists[0]!.list.issuers[0]!.rootIndex++
    }),
    'another size': changed('/epochs', json => json.lists[0]!.roots[0]!.size++),
    'another time': changed('/epochs', json => json.timeMs++),
    'a height that is no epoch’s first': changed('/epochs', json => {
      json.height--
      json.lists[0]!.list.height--
    }),
    'another bucket': async (asked, answer) => {
      if (!asked.includes('/buckets/')) return answer
      const bytes = new Uint8Array(await answer.arrayBuffer())
      bytes[2]! ^= 1
      return new Response(bytes)
    },
  }
  for (const [name, told] of Object.entries(lies)) {
    lie = told
    const { answer } = await show(zkQuery(18), 'adult')
    await expect(answer(), name).rejects.toMatchObject({ code: 'ERR_WALLET_OFFLINE' })
  }
  lie = (_, answer) => answer
})

test('an emptied leaf is noticed, and so is a verifier that was suspended', async () => {
  await writer.suspendLeaves([0], 'under inquiry')
  await nextEpoch()
  await expect((await show(zkQuery(18), 'adult')).answer()).rejects.toMatchObject({ code: 'ERR_WALLET_CREDENTIAL_REVOKED' })
  const { actor, ...grant } = { actor: network.contracts.council.hash, kind: 'ask' as const, subject: bank.scriptHash, name: 'open' }
  const change = { grant, actor, account: committee, attempt: '1', reason: grantReasons.underInquiry }
  await (await suspendGrant(founding, change)).inBlock()
  const link = (await verifier.begin(plainQuery, 'open')).link
  await expect.poll(async () => (await wallet.open(link)).kind, { timeout: 10_000 }).toBe('refused')
  expect(await wallet.open(link)).toMatchObject({ code: 'ERR_WALLET_VERIFIER_SUSPENDED', party: { did: verifier.party.did } })
  expect(await wallet.open((await verifier.begin(zkQuery(18), 'adult')).link)).toMatchObject({ kind: 'request' })
})

function verifyingKeys(): Record<CircuitName, VerifyingKey> {
  const entries = circuitNames.map(name => [name, parseVerifyingKey(readFileSync(developmentVerifyingKeyFile(name)))])
  return Object.fromEntries(entries) as Record<CircuitName, VerifyingKey>
}
