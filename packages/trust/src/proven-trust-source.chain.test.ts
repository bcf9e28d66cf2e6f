import { identifiers } from '@hufu/bindings'
import { type Account, LightClient, singleAccount, type Write } from '@hufu/ledger'
import { bytesToUtf8, parseJson, utf8ToBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accreditIssuer } from './accredit-issuer.ts'
import { addAuthority } from './add-authority.ts'
import { addInstitution } from './add-institution.ts'
import { reinstateGrant, suspendGrant } from './change-grant.ts'
import { mayAsk, mayIssue } from './find-right.ts'
import { type GrantKey, grantReasons } from './grant.ts'
import { ledgerTrustSource } from './ledger-trust-source.ts'
import { provenTrustSource } from './proven-trust-source.ts'
import { registerCredentialType } from './register-credential-type.ts'
import { registerQuery } from './register-query.ts'
import type { TrustLedger } from './submit-trust-call.ts'

const network = await startTestNetwork({ validators: 1 })
const ledger: TrustLedger = { client: network.ledger, network: network.descriptor }
/** Writes as the council. */
const founding: TrustLedger = { client: network.founding, network: network.descriptor }
const told = ledgerTrustSource(network.ledger, network.descriptor)
const committee = network.committee
const sponsor = committee
const schema = (title: string) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title,
  type: 'object',
  properties: { level: { type: 'integer' } },
})
const texts = { 'zh-CN': '开户', en: 'Opening an account' }
const content = (retentionDays: number) => ({ dcql: { credentials: [] }, purpose: texts, legalBasis: texts, retentionDays })
const code = (text: string) => expect.objectContaining({ code: text })
let bureau: Account
let bank: Account
let issue: GrantKey
let givenMs: number
let suspendedMs: number
let reinstatedMs: number

beforeAll(async () => {
  bureau = await registered('bureau')
  bank = await registered('bank')
  const institution = bank.scriptHash
  issue = { kind: 'issue', subject: institution, name: 'resident' }
  const authority = bureau.scriptHash
  await at(addAuthority(founding, { authority, region: '990100', account: committee }))
  for (const version of [1, 2, 3])
    await at(registerCredentialType(founding, { typeId: 'resident', version, schema: schema(`version ${version}`), account: committee }))
  await at(addInstitution(ledger, { authority, institution, kind: 'bank', account: bureau, sponsor }))
  givenMs = await at(accreditIssuer(ledger, { authority, institution, typeId: 'resident', account: bureau, sponsor }))
  const change = { grant: issue, actor: authority, account: bureau, sponsor, attempt: '1', reason: grantReasons.underInquiry }
  suspendedMs = await at(suspendGrant(ledger, change))
  reinstatedMs = await at(reinstateGrant(ledger, { ...change, reason: grantReasons.remedied }))
  let lastMs = 0
  for (const version of [1, 2]) {
    const query = { authority, institution, queryId: 'open', version, content: content(version) }
    lastMs = await at(registerQuery(founding, { ...query, account: committee }))
  }
  // A header behind the last change carries the state after it.
  while ((await lightClient().sync()).timeMs <= lastMs) await new Promise(resolve => setTimeout(resolve, 100))
})

afterAll(() => network.stop())

async function registered(name: string): Promise<Account> {
  const account = singleAccount(await fixedSigner(`proven trust: ${name}`))
  const call = identifiers(network.descriptor.contracts.identifiers.hash).register({
    identifier: account.scriptHash,
    document: utf8ToBytes('{}'),
    recovery: null,
    recoveryDelayMs: 0n,
  })
  await (await network.ledger.submit([call], { account, sponsor, idempotencyKey: name })).inBlock()
  return account
}

async function at(write: Promise<Write>): Promise<number> {
  return (await (await write).inBlock()).blockTimeMs
}

function lightClient(answer: Lie = (_method, result) => result): LightClient {
  return new LightClient({ network: network.descriptor, fetch: lyingFetch(answer) })
}

type Lie = (
  method: string,
  result: unknown,
  ask: (method: string, params: readonly unknown[]) => Promise<unknown>,
  params: readonly unknown[],
) => unknown

/** What a node says, but for its lies; undefined: that there is no such entry. */
function lyingFetch(lie: Lie): typeof fetch {
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const answer = await fetch(network.descriptor.validators[0]!.rpcUrl, { method: 'POST', body })
    return ((await answer.json()) as { result?: unknown }).result
  }
  return async (_url, init) => {
    const { id, method, params } = JSON.parse(String(init?.body)) as { id: number; method: string; params: readonly unknown[] }
    const result = await lie(method, await ask(method, params), ask, params)
    const rest = result === undefined ? { error: { code: -104, message: 'Unknown storage item' } } : { result }
    return Response.json({ jsonrpc: '2.0', id, ...rest })
  }
}

function proven(lie?: Lie) {
  return provenTrustSource(lightClient(lie), network.descriptor)
}

test('proves a right as it is and as it was, just as nodes tell it', async () => {
  const source = proven()
  for (const atMs of [givenMs - 1, givenMs, suspendedMs - 1, suspendedMs, reinstatedMs - 1, reinstatedMs, Date.now()]) {
    expect(await source.findGrant(issue, atMs)).toEqual(await told.findGrant(issue, atMs))
    expect(await mayIssue(source, bank.scriptHash, 'resident', atMs)).toEqual(await mayIssue(told, bank.scriptHash, 'resident', atMs))
  }
  expect(await mayIssue(source, bank.scriptHash, 'resident', suspendedMs)).toMatchObject({
    allowed: false,
    right: { standing: 'suspended' },
  })
  expect(await mayIssue(source, bank.scriptHash, 'resident', reinstatedMs)).toMatchObject({ allowed: true })
})

test('proves versions of credential types and queries', async () => {
  const source = proven()
  for (const version of ['latest', 1, 2, 3, 4, 0] as const) {
    expect(await source.findCredentialType('resident', version)).toEqual(await told.findCredentialType('resident', version))
    expect(await source.findQuery(bank.scriptHash, 'open', version)).toEqual(await told.findQuery(bank.scriptHash, 'open', version))
  }
  const second = await source.findCredentialType('resident', 2)
  expect(parseJson(bytesToUtf8(second!.schema))).toMatchObject({ title: 'version 2' })
  expect(await mayAsk(source, bank.scriptHash, 'open', Date.now())).toMatchObject({ allowed: true })
  expect(await mayAsk(source, bank.scriptHash, 'close', Date.now())).toMatchObject({ allowed: false, right: { standing: 'none' } })
  expect(await source.findQuery(bureau.scriptHash, 'open', 'latest')).toBeNull()
  expect(await source.findCredentialType('a name that no contract takes', 'latest')).toBeNull()
})

test('reads all as of one block', async () => {
  const client = lightClient()
  const { blockIndex } = await client.sync()
  const source = provenTrustSource(client, network.descriptor, { atBlockIndex: blockIndex - 1 })
  expect(await source.findGrant(issue, Date.now())).toMatchObject({ sequence: 3, status: 'active' })
  const early = provenTrustSource(client, network.descriptor, { atBlockIndex: 3 })
  expect(await early.findGrant(issue, Date.now())).toBeNull()
})

test('a lying node is found out', async () => {
  const otherKey = async (): Promise<string> => Buffer.concat([Buffer.from('t'), Buffer.from('resident')]).toString('base64')
  const lies: Record<string, Lie> = {
    "another entry's proof": async (method, result, ask, [root, contract]) =>
      method === 'getproof' ? ask('getproof', [root, contract, await otherKey()]) : result,
    'one bit flipped': (method, result) => (method === 'getproof' ? flipped(String(result)) : result),
    'the state while the right was suspended': async (method, result, ask, [, contract, key]) => {
      if (method !== 'getproof') return result
      for (let block = 1; ; block++) {
        const { timeMs, root } = await rootAt(ask, block)
        if (timeMs >= suspendedMs) return ask('getproof', [root, contract, key])
      }
    },
    'a header that the validators did not sign': (method, result) => (method === 'getblockheader' ? flipped(String(result)) : result),
  }
  for (const [name, lie] of Object.entries(lies)) {
    await expect(proven(lie).findGrant(issue, Date.now()), name).rejects.toThrow(code('ERR_LEDGER_PROOF'))
    await expect(mayIssue(proven(lie), bank.scriptHash, 'resident', Date.now()), name).rejects.toThrow(code('ERR_LEDGER_PROOF'))
  }
})

test('a node can hide an entry, which makes nobody trusted, and not one that must have been there', async () => {
  const hidesAll: Lie = (method, result) => (method === 'getproof' ? undefined : result)
  expect(await proven(hidesAll).findGrant(issue, Date.now())).toBeNull()
  expect(await mayIssue(proven(hidesAll), bank.scriptHash, 'resident', Date.now())).toMatchObject({ allowed: false })
  // The suspension is an earlier change than the latest: hiding it must not look like a time at which the right counted.
  const hidesEarlier: Lie = (method, result, _ask, [, , key]) =>
    method === 'getproof' && 'GTQ'.includes(Buffer.from(String(key), 'base64').toString('latin1')[0]!) ? undefined : result
  await expect(proven(hidesEarlier).findGrant(issue, suspendedMs)).rejects.toThrow(code('ERR_LEDGER_ANSWER'))
  await expect(proven(hidesEarlier).findQuery(bank.scriptHash, 'open', 1)).rejects.toThrow(code('ERR_LEDGER_ANSWER'))
  expect(await proven(hidesEarlier).findQuery(bank.scriptHash, 'open', 'latest')).toMatchObject({ version: 2 })
})

function flipped(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  bytes[bytes.length >> 1]! ^= 1
  return bytes.toString('base64')
}

async function rootAt(ask: Parameters<Lie>[2], block: number): Promise<{ timeMs: number; root: string }> {
  const header = (await ask('getblockheader', [block + 1, true])) as { time: number; previousstateroot: string }
  const of = (await ask('getblockheader', [block, true])) as { time: number }
  return { timeMs: of.time, root: header.previousstateroot }
}
