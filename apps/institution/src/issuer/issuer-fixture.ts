// An issuer on tables of its own, with a ledger that is a few objects; for tests.
import { didOf } from '@hufu/did'
import { createKeyProof } from '@hufu/exchange'
import type { Signer } from '@hufu/keys'
import { singleAccount } from '@hufu/ledger'
import { bytesToHex, canonicalJsonBytes, type Json, sha256 } from '@hufu/primitives'
import type { Scalar } from '@hufu/proofs'
import { cities, credentialTypes } from '@hufu/samples'
import {
  createHttpServer,
  createLog,
  type Database,
  type Jobs,
  jobMigrations,
  migrate,
  openEmbeddedDatabase,
  openOneUseValues,
  openVault,
  type Queries,
  usedValueMigrations,
} from '@hufu/service'
import type { AuditEntry, StaffMember, StaffSession } from '@hufu/staff'
import { AccessCheckers, Approvals, approvalMigrations, approvalRoutes, bearerTokenOf, enforceAccess } from '@hufu/staff'
import { FixedClock, fixedSecret, fixedSigner } from '@hufu/testkit'
import type { CredentialTypeVersion } from '@hufu/trust'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { Registry } from 'prom-client'
import { institutionStaffRoles, type StaffRole, staffRoles } from '../access/access.ts'
import type { Institution } from '../institution.ts'
import type { AuthorizationSeam, WalletGrant } from './authorization-seam.ts'
import { IssuerError } from './errors.ts'
import type { IssuerLedger, LeafWriter } from './issuer-ledger.ts'
import { type Issuer, openIssuer } from './open-issuer.ts'

export const publicUrl = 'https://bureau.example'
export const residentType = 'urn:hufu:resident'
export const concessionType = 'urn:hufu:transport-concession'
/** 2026-11-27T04:30:00Z, noon in China. */
export const startMs = Date.UTC(2026, 10, 27, 4, 30)

/** A resident who does not exist. */
export const application = {
  type: residentType,
  claims: {
    resident_number: '990121199501241468',
    name: '黄洁丹',
    name_latin: 'Huang Jiedan',
    sex: '2',
    birth_date: '1995-01-24',
    city_code: '990100',
    division_code: '990102',
    address: '汐湾区归雁路35号23幢2479室',
    resident_since: '1995-01-24',
  },
  validUntil: '2036-10-28',
} as const

/** Jobs that are done when a test says so. */
export class HeldJobs implements Jobs {
  readonly #handlers = new Map<string, Parameters<Jobs['work']>[1]>()
  #sent: { readonly kind: string; readonly payload: Json }[] = []

  async send(_queries: Queries, kind: string, payload: Json): Promise<void> {
    this.#sent.push({ kind, payload })
  }

  work(kind: string, handler: Parameters<Jobs['work']>[1]): void {
    this.#handlers.set(kind, handler)
  }

  /** Does everything that was asked for, and what comes of it. */
  async drain(): Promise<void> {
    for (let job = this.#sent.shift(); job !== undefined; job = this.#sent.shift())
      await this.#handlers.get(job.kind)?.(job.payload, AbortSignal.timeout(60_000))
  }

  /** Loses everything that was asked for, as a crash before the commit would. */
  forget(): void {
    this.#sent = []
  }

  async run(kind: string): Promise<void> {
    await this.#handlers.get(kind)!(null, AbortSignal.timeout(60_000))
  }

  async close(): Promise<void> {}
}

/** A tree that is a list of leaves. */
export class TestTree implements LeafWriter {
  readonly leaves: string[] = []
  readonly cleared = new Map<number, 'revoked' | 'suspended'>()

  async append(bytes: Uint8Array): Promise<readonly number[]> {
    const leaves = Array.from({ length: bytes.length / 32 }, (_, index) => bytesToHex(bytes.subarray(32 * index, 32 * index + 32)))
    for (const leaf of leaves) if (!this.leaves.includes(leaf)) this.leaves.push(leaf)
    return leaves.map(leaf => this.leaves.indexOf(leaf))
  }

  async revokeLeaves(indices: readonly number[]): Promise<void> {
    for (const index of indices) this.cleared.set(index, 'revoked')
  }

  async suspendLeaves(indices: readonly number[]): Promise<void> {
    for (const index of indices) this.cleared.set(index, 'suspended')
  }

  async reinstateLeaves(indices: readonly number[]): Promise<void> {
    for (const index of indices) this.cleared.delete(index)
  }
}

/** What of the ledger a test looks at. */
export interface TestLedger extends IssuerLedger {
  readonly anchored: { readonly uri: string; readonly text: string }[]
  readonly trees: ReadonlyMap<string, TestTree>
  /** Credential types for which the institution is not accredited any more. */
  readonly suspended: Set<string>
}

export function testLedger(): TestLedger {
  const anchored: { uri: string; text: string }[] = []
  const trees = new Map(Object.keys(credentialTypes).map(typeId => [typeId, new TestTree()]))
  const suspended = new Set<string>()
  return {
    anchored,
    trees,
    suspended,
    accreditedTypes: async () => Object.keys(credentialTypes).filter(typeId => !suspended.has(typeId)),
    findCredentialType: async typeId => versionOf(typeId),
    mayIssue: async typeId => !suspended.has(typeId),
    region: async () => '990100',
    anchor: async list => void anchored.push(list),
    openTree: async typeId => trees.get(typeId)!,
  }
}

function versionOf(typeId: string): CredentialTypeVersion | null {
  const schema = (credentialTypes as Readonly<Record<string, unknown>>)[typeId]
  if (schema === undefined) return null
  const bytes = canonicalJsonBytes(schema)
  return { version: 1, schema: bytes, schemaHash: sha256(bytes), timeMs: 0, blockIndex: 1 }
}

/** Wallets' tokens, as an authorization server would know them. */
export class TestTokens implements AuthorizationSeam {
  readonly servers = [`${publicUrl}/oidc`]
  readonly grants = new Map<string, WalletGrant>()

  add(token: string, grant: Omit<WalletGrant, 'tokenId'>): string {
    this.grants.set(token, { tokenId: token, ...grant })
    return token
  }

  accessTokenOf: AuthorizationSeam['accessTokenOf'] = async request => {
    const grant = this.grants.get(bearerTokenOf(request) ?? '')
    if (grant === undefined) throw new IssuerError('ERR_ISSUER_TOKEN', 'expected an access token')
    return grant
  }
}

/** Somebody of the staff. */
export function person(id: string, ...roles: readonly StaffRole[]): StaffMember {
  return { id, name: id, roles }
}

export const clerk = person('clerk-1', 'clerk')
export const otherClerk = person('clerk-2', 'clerk')
export const officer = person('officer-1', 'officer')
export const otherOfficer = person('officer-2', 'officer')

export interface IssuerBench extends ServedIssuer {
  readonly institution: Institution
  readonly issuer: Issuer
  readonly clock: FixedClock
  readonly database: Database
  readonly jobs: HeldJobs
  readonly ledger: TestLedger
  readonly tokens: TestTokens
  readonly audit: readonly AuditEntry[]
  close(): Promise<void>
}

/** Signs a key proof for this issuer. */
export function keyProof(
  signer: Signer,
  nonce: string,
  more: { holderCommitment?: Scalar; nowMs?: number; audience?: string } = {},
): Promise<string> {
  const { holderCommitment, nowMs = startMs, audience = publicUrl } = more
  return createKeyProof({ signer, audience, nonce, nowMs, ...(holderCommitment === undefined ? {} : { holderCommitment }) })
}

/** Makes the tables that parts share. */
export async function migrateShared(database: Database): Promise<void> {
  await migrate(database, [...usedValueMigrations, ...jobMigrations, ...approvalMigrations])
}

/** What every part works with, of what an issuer takes of it. */
export async function testInstitution(parts: {
  readonly database: Database
  readonly jobs: Jobs
  readonly clock: Institution['clock']
  readonly audit: Institution['audit']
}): Promise<Institution> {
  const signer = await fixedSigner('bureau')
  const account = singleAccount(signer)
  const did = didOf('test', account.scriptHash)
  const { database, audit, clock } = parts
  return {
    ...parts,
    publicUrl,
    config: { walletUrl: 'https://wallet.example' },
    self: { slug: 'bureau', did, name: { 'zh-CN': '测试局', en: 'Test bureau' }, keys: [{ id: `${did}#key-1`, signer }], account },
    once: openOneUseValues({ clock }),
    vault: openVault(fixedSecret('vault')),
    access: new AccessCheckers(),
    approvals: new Approvals({ database, audit, clock }),
    metrics: new Registry(),
    log: createLog({ level: 'silent' }),
  } as unknown as Institution
}

/** An issuer behind a server, and those who call it. */
export interface ServedIssuer {
  readonly server: FastifyInstance
  staff(member: StaffMember, method: 'GET' | 'POST' | 'PUT', url: string, body?: object | string | Buffer): Promise<LightMyRequestResponse>
  wallet(token: string, path: string, body: object): Promise<LightMyRequestResponse>
  nonce(): Promise<string>
  /** Enters, submits, approves; gives the application's identifier. */
  approved(input?: object): Promise<string>
  /** Approves, offers, and redeems; gives a token for it. */
  token(input?: object): Promise<{ readonly application: string; readonly token: string }>
}

/** @param more - adds routes of the test's own */
export async function serveIssuer(
  institution: Institution,
  issuer: Issuer,
  tokens: TestTokens,
  more: (server: FastifyInstance) => void = () => undefined,
): Promise<ServedIssuer> {
  const { access, approvals, log } = institution
  const server = createHttpServer({ log, bodyLimitBytes: 1_048_576, requestTimeoutMs: 10_000 })
  enforceAccess(server, {
    roles: staffRoles,
    ...{ publicUrl: institution.publicUrl, systemToken: undefined, checkers: access },
    findSession: async request => sessionOf(request.headers),
  })
  await issuer.routes(server)
  approvalRoutes(server, approvals, institutionStaffRoles)
  more(server)
  await server.ready()
  const staff: ServedIssuer['staff'] = (member, method, url, body) =>
    server.inject({
      method,
      url,
      headers: {
        origin: new URL(institution.publicUrl).origin,
        'x-hufu-csrf': 'csrf',
        'x-test-person': JSON.stringify(member.roles),
        'x-test-id': member.id,
        ...(typeof body === 'string' || body instanceof Uint8Array ? { 'content-type': 'text/csv' } : {}),
      },
      ...(body === undefined ? {} : { payload: body }),
    })
  const approved = async (input: object = application): Promise<string> => {
    const id: string = (await staff(clerk, 'POST', '/issuer/applications', input)).json().id
    await staff(clerk, 'POST', `/issuer/applications/${id}/submit`)
    await staff(officer, 'POST', `/issuer/applications/${id}/approve`)
    return id
  }
  return {
    ...{ server, staff, approved },
    wallet: (token, path, body) =>
      server.inject({ method: 'POST', url: path, payload: body, headers: { authorization: `Bearer ${token}` } }),
    nonce: async () => (await server.inject({ method: 'POST', url: '/vci/nonce' })).json().c_nonce,
    async token(input) {
      const id = await approved(input)
      const { offer, txCode } = (await staff(clerk, 'POST', `/issuer/applications/${id}/offer`)).json()
      const { offerId } = await issuer.offers.redeem(codeOf(offer), txCode)
      return { application: id, token: tokens.add(crypto.randomUUID(), { offerId }) }
    },
  }
}

export async function openIssuerBench(
  options: { readonly database?: Database; readonly listCapacity?: number } = {},
): Promise<IssuerBench> {
  const database = options.database ?? (await openEmbeddedDatabase())
  await migrateShared(database)
  const clock = new FixedClock(startMs)
  const jobs = new HeldJobs()
  const audit: AuditEntry[] = []
  const institution = await testInstitution({ database, jobs, clock, audit: { append: async (_queries, entry) => void audit.push(entry) } })
  const ledger = testLedger()
  const tokens = new TestTokens()
  const { listCapacity } = options
  const divisions = new Set(cities.flatMap(city => city.divisions.map(({ code }) => code)))
  const issuer = await openIssuer(institution, {
    ...{ authorization: tokens, ledger, divisions },
    ...(listCapacity === undefined ? {} : { listCapacity }),
  })
  const served = await serveIssuer(institution, issuer, tokens)
  await jobs.drain()
  return {
    ...{ ...served, institution, issuer, clock, database, jobs, ledger, tokens, audit },
    async close() {
      await served.server.close()
      if (options.database === undefined) await database.close()
    },
  }
}

/** The pre-authorized code of an offer. */
export function codeOf(offer: { grants: Record<string, Record<string, string>> }): string {
  return offer.grants['urn:ietf:params:oauth:grant-type:pre-authorized_code']!['pre-authorized_code']!
}

function sessionOf(headers: Readonly<Record<string, unknown>>): StaffSession | null {
  if (typeof headers['x-test-person'] !== 'string') return null
  const id = String(headers['x-test-id'])
  const member = { id, name: id, roles: JSON.parse(headers['x-test-person']) as StaffRole[] }
  return {
    id: 'session',
    member,
    csrfToken: 'csrf',
    confirmedAtMs: Number.MAX_SAFE_INTEGER,
    kind: 'browser',
    expiresAtMs: Number.MAX_SAFE_INTEGER,
  }
}
