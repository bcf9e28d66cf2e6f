import { status } from '@hufu/bindings'
import {
  accountOfDid,
  createDid,
  type Did,
  type DidMoment,
  type DidSource,
  deactivateDid,
  ledgerSource,
  rotateDid,
  updateDid,
} from '@hufu/did'
import { type Account, type LedgerClient, singleAccount } from '@hufu/ledger'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { fixedSigner, startTestNetwork } from '@hufu/testkit'
import {
  accreditIssuer,
  addAuthority,
  addInstitution,
  ledgerTrustSource,
  mayIssue,
  registerCredentialType,
  registerQuery,
  suspendGrant,
  validateClaims,
} from '@hufu/trust'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from './database.ts'
import { openEmbeddedDatabase } from './open-embedded-database.ts'
import { openRegistry, type Registry, type RegistryOptions } from './open-registry.ts'
import { clearRegistry, registryTables } from './registry-schema.ts'

const network = await startTestNetwork({ validators: 1 })
const { descriptor } = network
const committee = network.committee
const didLedger = { client: network.ledger, network: descriptor }
const onLedger = ledgerSource(network.ledger, descriptor)
const trustOnLedger = ledgerTrustSource(network.ledger, descriptor)
const opened: Registry[] = []
const dids: Did[] = []
let bureau: Account
let bank: Account
let anchoredAtMs: number
/** Opening one takes seconds, so the tests share two: one to be put to the test, and one that is built anew for comparison. */
let database: Database
let reference: Database

beforeAll(async () => {
  database = await openEmbeddedDatabase()
  reference = await openEmbeddedDatabase()
  bureau = await register('bureau')
  bank = await register('bank')
  await writeHistory()
})

afterAll(async () => {
  await database.close()
  await reference.close()
  await network.stop()
})

afterEach(() => Promise.all(opened.splice(0).map(registry => registry.close())))

async function register(name: string): Promise<Account> {
  const account = singleAccount(await fixedSigner(`registry: ${name}`))
  const { did } = await (await createDid(didLedger, { account, sponsor: committee })).inBlock()
  dids.push(did)
  return account
}

async function update(account: Account, did: Did, expectedVersion: number): Promise<number> {
  const document = { id: did, alsoKnownAs: [`https://v${expectedVersion}.example/`] }
  return (await (await updateDid(didLedger, { did, expectedVersion, account, sponsor: committee, document })).inBlock()).outcome.blockTimeMs
}

/** At least one of everything that the tables keep. */
async function writeHistory(): Promise<void> {
  const done = async (write: Promise<{ inBlock(): Promise<unknown> }>) => void (await (await write).inBlock())
  const [did, bankDid] = dids as [Did, Did]
  await update(bureau, did, 1)
  await update(bureau, did, 2)
  const account = await register('changing')
  const changing = dids.at(-1)!
  const newAccount = singleAccount(await fixedSigner('registry: new controller'))
  await done(rotateDid(didLedger, { did: changing, expectedVersion: 1, account, newAccount, sponsor: committee }))
  await done(deactivateDid(didLedger, { did: changing, expectedVersion: 2, account: newAccount, sponsor: committee }))
  const ledger = { client: network.ledger, network: descriptor }
  const founding = { client: network.founding, network: descriptor }
  const [authority, institution] = [accountOfDid(did), accountOfDid(bankDid)]
  const byBureau = { authority, account: bureau, sponsor: committee }
  const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties: { level: { type: 'integer' } } }
  const texts = { 'zh-CN': '开户', en: 'Opening an account' }
  await done(addAuthority(founding, { authority, region: '990100', account: committee }))
  await done(registerCredentialType(founding, { typeId: 'resident', version: 1, schema, account: committee }))
  await done(addInstitution(ledger, { ...byBureau, institution, kind: 'bank' }))
  await done(accreditIssuer(ledger, { ...byBureau, institution, typeId: 'resident' }))
  const content = { dcql: {}, purpose: texts, legalBasis: texts, retentionDays: 1 }
  await done(registerQuery(founding, { authority, account: committee, institution, queryId: 'open-account', version: 1, content }))
  for (const list of ['first', 'second']) {
    const call = status(descriptor.contracts.status.hash).anchorStatusList({
      issuer: institution,
      listId: 'list',
      listHash: sha256(utf8ToBytes(list)),
    })
    const write = await network.ledger.submit([call], { account: bank, sponsor: committee, idempotencyKey: list })
    anchoredAtMs = (await write.inBlock()).blockTimeMs
  }
  const grant = { kind: 'issue', subject: institution, name: 'resident' } as const
  await done(suspendGrant(ledger, { grant, actor: authority, account: bureau, sponsor: committee, attempt: '1', reason: 1 }))
}

function open(into = database, options: Partial<RegistryOptions> = {}): Registry {
  const registry = openRegistry({ client: network.ledger, network: descriptor, database: into, retryMs: 50, ...options })
  opened.push(registry)
  return registry
}

/** All rows of all tables, in a fixed order. */
async function dump(of = database): Promise<unknown> {
  const tables = await Promise.all(
    registryTables.map(async name => [
      name,
      (await of.query(`select * from ${name}`))
        .map(row => JSON.stringify(row, (_, value) => (value instanceof Uint8Array ? bytesToHex(value) : value)))
        .sort(),
    ]),
  )
  return Object.fromEntries(tables)
}

async function rebuilt(): Promise<unknown> {
  await clearRegistry(reference)
  const registry = open(reference)
  await registry.refresh()
  await registry.close()
  return dump(reference)
}

describe('out of the tables', () => {
  test('every state of every identifier is as the ledger has it, at each number and time', async () => {
    const registry = open()
    for (const did of dids) {
      const latest = (await onLedger.findState(accountOfDid(did), 'latest'))!
      const times = [latest.createdMs - 1, latest.createdMs, latest.timeMs - 1, latest.timeMs, latest.timeMs + 1]
      const versions = Array.from({ length: latest.version + 2 }, (_, version) => version)
      for (const moment of ['latest', ...versions.map(version => ({ version })), ...times.map(timeMs => ({ timeMs }))] as DidMoment[]) {
        const stateIn = (source: DidSource) => source.findState(accountOfDid(did), moment)
        expect(await stateIn(registry.dids)).toEqual(await stateIn(onLedger))
      }
    }
    expect(await registry.dids.findState(committee.scriptHash, 'latest')).toBeNull()
  })

  test('every grant, type, query and anchor is as the ledger has it', async () => {
    const registry = open()
    const [institution, authority] = [bank.scriptHash, bureau.scriptHash]
    const suspended = (await trustOnLedger.findGrant({ kind: 'issue', subject: institution, name: 'resident' }, Date.now()))!
    for (const atMs of [0, suspended.validFromMs, suspended.timeMs - 1, suspended.timeMs]) {
      expect(await mayIssue(registry.trust, institution, 'resident', atMs)).toEqual(
        await mayIssue(trustOnLedger, institution, 'resident', atMs),
      )
    }
    expect((await mayIssue(registry.trust, institution, 'resident', suspended.timeMs - 1)).allowed).toBe(true)
    expect(await registry.trust.findGrant({ kind: 'authority', subject: authority }, suspended.timeMs)).toMatchObject({ label: '990100' })
    for (const version of ['latest', 0, 1, 2] as const) {
      expect(await registry.trust.findCredentialType('resident', version)).toEqual(
        await trustOnLedger.findCredentialType('resident', version),
      )
      expect(await registry.trust.findQuery(institution, 'open-account', version)).toEqual(
        await trustOnLedger.findQuery(institution, 'open-account', version),
      )
    }
    expect(await validateClaims(registry.trust, 'resident', { level: 1 })).toMatchObject({ version: 1 })
    const anchor = (list: string) => registry.findStatusAnchor(institution, 'list', sha256(utf8ToBytes(list)))
    expect(await anchor('first')).toMatchObject({ sequence: 1, supersededAtMs: anchoredAtMs })
    expect(await anchor('second')).toMatchObject({ sequence: 2, timeMs: anchoredAtMs, supersededAtMs: null })
    expect(await anchor('third')).toBeNull()
  })

  test('an answer is of the latest block, also of one that was made a moment ago', async () => {
    const registry = open()
    const account = await register('fresh')
    const did = dids.at(-1)!
    for (let version = 1; version <= 5; version++) {
      await registry.refresh()
      expect(await registry.dids.findState(accountOfDid(did), 'latest')).toMatchObject({ version })
      await update(account, did, version)
    }
  })

  test('a state is given as the same object until it changes', async () => {
    const registry = open()
    const account = await register('cached')
    const did = dids.at(-1)!
    await registry.refresh()
    const find = (moment: DidMoment) => registry.dids.findState(accountOfDid(did), moment)
    const first = await find('latest')
    expect(await find('latest')).toBe(first)
    expect(await find({ version: 1 })).toBe(first)
    expect(await find({ timeMs: first!.timeMs })).toBe(first)
    expect(await find({ timeMs: first!.timeMs - 1 })).toBeNull()
    await update(account, did, 1)
    await registry.refresh()
    expect(await find('latest')).toMatchObject({ version: 2 })
    expect(await find({ version: 1 })).toEqual({ ...first, latestVersion: 2, nextTimeMs: expect.any(Number) })
  })
})

describe('the follower', () => {
  test('goes on where it stopped, and ends with the same tables as a rebuild', async () => {
    const first = open()
    await first.refresh()
    const { tables: stoppedAt } = first.height
    await first.close()
    const account = await register('while stopped')
    await update(account, dids.at(-1)!, 1)
    const cursors: unknown[] = []
    const follow: LedgerClient['follow'] = options => {
      cursors.push(options.cursor?.blockIndex)
      return network.ledger.follow(options)
    }
    const watched = new Proxy(network.ledger, { get: (target, name) => (name === 'follow' ? follow : bound(target, name)) })
    const second = open(database, { client: watched })
    await second.refresh()
    expect(cursors).toEqual([stoppedAt])
    expect(await second.dids.findState(accountOfDid(dids.at(-1)!), 'latest')).toMatchObject({ version: 2 })
    await second.close()
    expect(await dump()).toEqual(await rebuilt())
  })

  test('leaves whole blocks behind wherever it breaks off', async () => {
    await clearRegistry(database)
    let transactions = 0
    // Every other one of the first ten breaks off after all its statements, as a crash before the commit would.
    const breaking: Database = {
      ...database,
      transaction: work =>
        database.transaction(async queries => {
          const result = await work(queries)
          if (transactions++ % 2 === 1 && transactions < 10) throw new Error('broken off')
          return result
        }),
    }
    const errors: unknown[] = []
    const registry = open(breaking, { onError: error => errors.push(error) })
    await expect
      .poll(
        () =>
          registry.refresh().then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true)
    await registry.close()
    expect(errors.length).toBeGreaterThan(2)
    expect(await dump()).toEqual(await rebuilt())
  })

  test('makes the tables anew where they are of another chain, network or layout', async () => {
    const expected = await rebuilt()
    for (const damage of [
      `update registry_cursor set block_hash = repeat('0', 64)`,
      `update registry_cursor set block_index = 1000000`,
      `update registry_cursor set network = 'elsewhere'`,
      `update registry_cursor set layout = 0`,
    ]) {
      const before = open()
      await before.refresh()
      await before.close()
      await database.query(damage)
      await database.query(`update registry_identifiers set document = '\\x00'`)
      const registry = open()
      await expect.poll(() => registry.refresh().then(() => dump(), String), { timeout: 20_000 }).toEqual(expected)
      await registry.close()
    }
  })

  test('of several processes into one database writes each block once', async () => {
    const registries = [open(), open(), open()]
    const account = await register('several')
    await update(account, dids.at(-1)!, 1)
    for (const registry of registries) {
      await registry.refresh()
      expect(await registry.dids.findState(accountOfDid(dids.at(-1)!), 'latest')).toMatchObject({ version: 2 })
    }
    await Promise.all(registries.map(registry => registry.close()))
    expect(await dump()).toEqual(await rebuilt())
  })

  test('begins again where another process has emptied the tables, and lets nobody see them half full', async () => {
    const registry = open()
    await registry.refresh()
    await clearRegistry(database)
    await expect(registry.dids.findState(bank.scriptHash, 'latest')).rejects.toMatchObject({ code: 'ERR_SERVICE_BEHIND' })
    await expect
      .poll(() => registry.dids.findState(bank.scriptHash, 'latest').catch(() => null), { timeout: 20_000 })
      .toMatchObject({ version: 1 })
    await registry.refresh()
    await registry.close()
    expect(await dump()).toEqual(await rebuilt())
  })
})

test('an answer that cannot be fresh is refused', async () => {
  const stuck: Database = { ...database, transaction: () => Promise.reject(new Error('database is down')) }
  const registry = openRegistry({ client: network.ledger, network: descriptor, database: stuck, retryMs: 50, freshWithinMs: 300 })
  opened.push(registry)
  await expect(registry.dids.findState(bank.scriptHash, 'latest')).rejects.toMatchObject({ code: 'ERR_SERVICE_BEHIND' })
})

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target)
  return typeof value === 'function' ? value.bind(target) : value
}
