import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseJwt, signJwt, verifyJwt } from '@hufu/credentials'
import { createDid, type Did, didOf, findVerificationKey, ledgerSource, resolveDid } from '@hufu/did'
import type { Account } from '@hufu/ledger'
import { systemClock } from '@hufu/primitives'
import {
  createLog,
  type Database,
  jobMigrations,
  migrate,
  type OpenedJobs,
  openEmbeddedDatabase,
  openJobs,
  openRegistry,
  openVault,
  Pkcs11Token,
  type Registry,
} from '@hufu/service'
import type { StaffMember } from '@hufu/staff'
import { Approvals, approvalMigrations, auditMigrations, type OpenAuditLog, openAuditLog } from '@hufu/staff'
import { createSoftToken, fixedSigner, isSoftHsmInstalled, startTestNetwork } from '@hufu/testkit'
import { Registry as MetricsRegistry } from 'prom-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anchorOnLedger } from '../audit/anchor-on-ledger.ts'
import { newFolder } from '../fixture.ts'
import { armCrashPoint } from '../parts/crash-point.ts'
import type { InstitutionKeys } from './institution-keys.ts'
import { withKey } from './key-document.ts'
import { keyMigrations } from './key-schema.ts'
import { openKeys } from './open-keys.ts'

const tokenProgram = fileURLToPath(new URL('../../../../packages/service/native/pkcs11/bin/token', import.meta.url))
const network = await startTestNetwork({ validators: 1 })
const administrators: readonly StaffMember[] = ['a', 'b'].map(id => ({ id, name: id, roles: ['administrator'] }))
/** A verifier elsewhere, which asks the nodes. */
const verifier = ledgerSource(network.client(), network.descriptor)
let account: Account
let did: Did
let database: Database
let registry: Registry
let jobs: OpenedJobs
let audit: OpenAuditLog
let approvals: Approvals
let keys: InstitutionKeys

beforeAll(async () => {
  account = (await network.fundedAccounts('rotating institution'))[0]!
  did = didOf('test', account.scriptHash)
  const ledger = { client: network.ledger, network: network.descriptor }
  const first = { id: `${did}#key-1`, signer: await fixedSigner('rotating institution: 1') }
  const document = withKey({ id: did }, first.id, first.signer.publicKey)
  await (await createDid(ledger, { account, document, sponsor: network.committee })).durable()
  database = await openEmbeddedDatabase(join(newFolder(), 'database'))
  await migrate(database, [...auditMigrations, ...approvalMigrations, ...keyMigrations, ...jobMigrations])
  registry = openRegistry({ ...ledger, database })
  const log = createLog({ level: 'silent' })
  jobs = openJobs(database, { retryMs: 200, pollMs: 50 })
  const self = { did, slug: 'rotating', account, keys: [first] as const }
  const institution = { publicUrl: 'http://localhost', self: self as never, ledger: ledger as never }
  const clock = systemClock
  audit = openAuditLog({ database, jobs, clock, log, metrics: new MetricsRegistry(), self, anchor: anchorOnLedger(institution) })
  approvals = new Approvals({ database, audit, clock })
  const options = {
    database,
    vault: openVault(new Uint8Array(32).fill(3)),
    jobs,
    audit,
    approvals,
    clock,
    log,
    settleMs: 500,
    reloadEveryMs: 200,
  }
  keys = await openKeys({ ...options, ledger: { ...ledger, registry }, self })
})

afterAll(async () => {
  await keys?.close()
  await jobs?.close()
  await audit?.close()
  await registry?.close()
  await database?.close()
  await network.stop()
})

async function sign(): Promise<string> {
  const { id, signer } = keys.current()[0]
  return signJwt({ type: 'test', kid: id, payload: { n: 1 } }, signer)
}

async function verify(token: string): Promise<void> {
  const jwt = parseJwt(token, { type: 'test' })
  const { publicKey } = await findVerificationKey(verifier, jwt.kid!, 'assertionMethod', 'latest')
  await verifyJwt(jwt, publicKey)
}

async function confirmRotation(): Promise<string> {
  const approval = await keys.requestRotation(administrators[0]!)
  await expect(approvals.confirm(approval.id, administrators[0]!)).rejects.toMatchObject({ code: 'ERR_APPROVAL_SAME_PERSON' })
  const { id } = (await approvals.confirm(approval.id, administrators[1]!)) as { id: string }
  return id
}

test('a rotation while a verifier verifies all the time: no verification fails, and the old signatures hold', async () => {
  const tokens: string[] = [await sign()]
  let verified = 0
  let going = true
  const verifying = (async (): Promise<void> => {
    while (going) {
      const token = await sign()
      tokens.push(token)
      await verify(token)
      verified++
    }
  })()
  const [old] = keys.current()
  const id = await confirmRotation()
  await expect(keys.requestRotation(administrators[0]!)).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFLICT' })
  await expect.poll(() => keys.current()[0].id, { timeout: 30_000 }).toBe(id)
  await new Promise(resolve => setTimeout(resolve, 500))
  going = false
  await verifying
  expect(verified).toBeGreaterThan(20)
  const kids = new Set(tokens.map(token => parseJwt(token, { type: 'test' }).kid))
  expect(kids).toEqual(new Set([old.id, id]))
  for (const token of tokens) await verify(token)
  const { document } = await resolveDid(verifier, did)
  expect(document).toMatchObject({ assertionMethod: [old.id, id], authentication: [old.id, id] })
})

test('a process that ends between ledger and database lists the key once', async () => {
  const { state } = await resolveDid(verifier, did)
  let crashes = 0
  armCrashPoint('key listed', {
    crash: () => {
      crashes++
      throw new Error('power cut')
    },
  })
  const id = await confirmRotation()
  await expect.poll(() => keys.current()[0].id, { timeout: 30_000 }).toBe(id)
  armCrashPoint(undefined)
  expect(crashes).toBe(1)
  const after = await resolveDid(verifier, did)
  expect(after.state.version).toBe(state.version + 1)
  expect(after.document?.assertionMethod).toEqual([`${did}#key-1`, keys.current()[1]!.id, id])
})

test('an old key is taken off the ledger by two administrators, and what it signed is refused then; the key that signs is not', async () => {
  const [signing, old] = keys.current()
  await expect(keys.requestRetirement(administrators[0]!, signing.id)).rejects.toMatchObject({ code: 'ERR_SERVICE_CONFLICT' })
  const token = await signJwt({ type: 'test', kid: old!.id, payload: {} }, old!.signer)
  await verify(token)
  const approval = await keys.requestRetirement(administrators[0]!, old!.id)
  await approvals.confirm(approval.id, administrators[1]!)
  await expect.poll(async () => (await keys.list()).find(({ id }) => id === old!.id)?.state, { timeout: 30_000 }).toBe('retired')
  await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_DID_KEY' })
  await verify(await sign())
})

test('another replica, or the server after a restart, signs with the new key; secrets are sealed', async () => {
  const log = createLog({ level: 'silent' })
  const first = { id: `${did}#key-1`, signer: await fixedSigner('rotating institution: 1') }
  const vault = openVault(new Uint8Array(32).fill(3))
  const idle = { work: () => undefined, send: async () => undefined, close: async () => undefined }
  const replica = await openKeys({
    ...{ database, vault, jobs: idle, audit, approvals: new Approvals({ database, audit, clock: systemClock }), clock: systemClock, log },
    ledger: { client: network.ledger, network: network.descriptor, registry },
    self: { did, account, keys: [first] },
  })
  expect(replica.current()[0].id).toBe(keys.current()[0].id)
  await replica.close()
  const rows = await database.query<{ secret: Uint8Array | null }>('select secret from institution_keys where secret is not null')
  expect(rows.every(({ secret }) => secret!.length > 43)).toBe(true)
})

test.runIf(isSoftHsmInstalled && existsSync(tokenProgram))(
  'where a token is configured, the new key is made in it and never leaves it',
  async () => {
    const { module, token: label, pinFile } = createSoftToken('institution')
    const token = await Pkcs11Token.open({ module, token: label, pinFile })
    // The server comes back with a token configured.
    await keys.close()
    await jobs.close()
    jobs = openJobs(database, { retryMs: 200, pollMs: 50 })
    const own = new Approvals({ database, audit, clock: systemClock })
    const replica = await openKeys({
      ...{
        database,
        jobs,
        audit,
        approvals: own,
        clock: systemClock,
        log: createLog({ level: 'silent' }),
        settleMs: 100,
        reloadEveryMs: 200,
      },
      vault: openVault(new Uint8Array(32).fill(3)),
      ledger: { client: network.ledger, network: network.descriptor, registry },
      self: { did, account, keys: [{ id: `${did}#key-1`, signer: await fixedSigner('rotating institution: 1') }] },
      token: async () => token,
    })
    try {
      const approval = await replica.requestRotation(administrators[0]!)
      const { id } = (await own.confirm(approval.id, administrators[1]!)) as { id: string }
      await expect.poll(() => replica.current()[0].id, { timeout: 30_000 }).toBe(id)
      const signed = await signJwt({ type: 'test', kid: id, payload: {} }, replica.current()[0].signer)
      await verify(signed)
      const [row] = await database.query<{ secret: Uint8Array | null }>('select secret from institution_keys where id = $1', [id])
      expect(row?.secret).toBeNull()
    } finally {
      await replica.close()
      await token.close()
    }
  },
)
