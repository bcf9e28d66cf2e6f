// A verifier on tables of its own, with a ledger that is a few objects; for tests.
import {
  issueSdJwtVc,
  type JsonObject,
  type ResolveVerificationMethod,
  StatusList,
  signTokenStatusList,
  TokenStatusLists,
} from '@hufu/credentials'
import type { Fetch } from '@hufu/exchange'
import {
  bytesToBase64url,
  canonicalJsonBytes,
  concatBytes,
  equalBytes,
  hmacSha256,
  randomBytes,
  sha256,
  utf8ToBytes,
} from '@hufu/primitives'
import {
  type CheckProofs,
  CredentialTree,
  createNodeHasher,
  createScalarEngine,
  leafOfCredential,
  type PublishedRoots,
  randomScalar,
  readAttributeLayout,
  scalarFromBytes,
  scalarToBytes,
  type ZkCredential,
} from '@hufu/proofs'
import {
  createHttpServer,
  createLog,
  credentialLookups,
  type Database,
  migrate,
  openOneUseValues,
  openVault,
  usedValueMigrations,
} from '@hufu/service'
import type { AuditEntry, AuditLog, Part, StaffSession } from '@hufu/staff'
import { AccessCheckers, enforceAccess } from '@hufu/staff'
import { FixedClock, fixedSigner } from '@hufu/testkit'
import type { GrantEntry, TrustSource } from '@hufu/trust'
import type { FastifyInstance } from 'fastify'
import { Registry } from 'prom-client'
import { type StaffRole, staffRoles } from '../access/access.ts'
import { readInstitutionConfig } from '../config.ts'
import type { Institution } from '../institution.ts'
import { Directory, type Listed, networkName } from './directory-fixture.ts'
import { verifierMigrations } from './migrations.ts'
import { openVerifier, type Verifier } from './open-verifier.ts'
import type { VerificationSources } from './verification-sources.ts'
import type { HeldSdJwt, HeldZk, TestWallet } from './wallet-fixture.ts'

export const residentType = 'urn:hufu:resident'
export const publicUrl = 'https://bank.example'
export const systemToken = 'a'.repeat(43)
/** 2026-11-27T04:00:00Z, noon in China. */
export const nowMs = Date.UTC(2026, 10, 27, 4)
const statusUri = 'https://bureau.example/status/1'

const residentClaims = { name: '李华', birth_date: '1990-05-17', city_code: '990100', age_equal_or_over: { 18: true } } as const
const { age_equal_or_over: _, ...zkClaims } = residentClaims
const layout = readAttributeLayout({
  type: 'object',
  properties: {
    name: { title: 'x', type: 'string', 'x-slot': 1, 'x-encoding': 'text' },
    birth_date: { title: 'x', type: 'string', format: 'date', 'x-slot': 4, 'x-encoding': 'days' },
    city_code: { title: 'x', type: 'string', 'x-slot': 5, 'x-encoding': 'number' },
  },
})

const texts = { 'zh-CN': '测试', en: 'Test' }

function queryOf(credential: JsonObject, retentionDays: number): JsonObject {
  return { dcql: { credentials: [credential] }, purpose: texts, legalBasis: texts, retentionDays }
}

/** What the verifier has registered. */
export const queries: { readonly [id: string]: JsonObject } = {
  'open-account': queryOf(
    {
      id: 'residence',
      format: 'dc+sd-jwt',
      meta: { vct_values: [residentType] },
      claims: [{ path: ['age_equal_or_over', '18'], values: [true] }, { path: ['city_code'] }],
    },
    3653,
  ),
  'adult-purchase': queryOf(
    {
      id: 'residence',
      format: 'dc+sd-jwt',
      meta: { vct_values: [residentType] },
      claims: [{ path: ['age_equal_or_over', '18'], values: [true] }],
    },
    0,
  ),
  'hand-over-consent': queryOf(
    {
      id: 'resident',
      format: 'hufu_zk',
      meta: { type_values: [residentType], statement: { where: [], pseudonym: { purpose: 'sign-in' }, maxRootAgeSeconds: 600 } },
    },
    1096,
  ),
  'sign-in': queryOf(
    {
      id: 'resident',
      format: 'hufu_zk',
      meta: { type_values: [residentType], statement: { where: [], pseudonym: { purpose: 'sign-in' }, maxRootAgeSeconds: 600 } },
    },
    0,
  ),
}

export interface WorldOptions {
  readonly directory?: Directory
  readonly clock?: FixedClock
  readonly vaultSecret?: Uint8Array
  /** Takes any root list for one of the ledger's: where the tree is another process's. */
  readonly anyRoots?: boolean
}

/** What tests change of an institution. */
export interface InstitutionChanges {
  readonly database?: Database
  readonly environment?: NodeJS.ProcessEnv
  readonly address?: string
  readonly audit?: AuditLog
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** A database, and everything that several replicas on it share. */
export class World {
  readonly clock: FixedClock
  readonly directory: Directory
  readonly audit: AuditEntry[] = []
  readonly vaultSecret: Uint8Array
  readonly database: Database
  /** Grants that do not count now. */
  readonly suspended = new Set<string>()
  readonly isIssuerSuspended = { value: false }
  readonly statuses = new StatusList({ capacity: 1024, size: 2 })

  readonly #anyRoots: boolean

  constructor(database: Database, options: WorldOptions = {}) {
    this.database = database
    this.directory = options.directory ?? new Directory()
    this.clock = options.clock ?? new FixedClock(nowMs)
    this.vaultSecret = options.vaultSecret ?? randomBytes(32)
    this.#anyRoots = options.anyRoots ?? false
  }

  static async open(database: Database, options?: WorldOptions): Promise<World> {
    await migrate(database, [...usedValueMigrations, ...verifierMigrations])
    return new World(database, options)
  }

  /** What a part of the server gets. */
  async institution(name: string, changes: InstitutionChanges = {}): Promise<Institution> {
    const address = changes.address ?? publicUrl
    const { did, kid, signer, account } = await this.directory.add(name, address)
    const { directory } = this
    const { dids } = directory
    return {
      config: readInstitutionConfig({ ISSUER_POLICY: 'any', PAGE_QUERIES: 'open-account', ...changes.environment }),
      publicUrl: address,
      self: { slug: name, did, name: texts, keys: [{ id: kid, signer }], account },
      network: { name: networkName },
      ledger: {
        registry: {
          trust: this.#trust,
          dids,
          get height() {
            return { tables: directory.height, chain: directory.height }
          },
        },
        lookups: credentialLookups(dids, this.#trust),
      },
      database: changes.database ?? this.database,
      jobs: { work: () => undefined, send: async () => undefined, close: async () => undefined },
      once: openOneUseValues({ clock: this.clock }),
      vault: openVault(this.vaultSecret),
      audit: changes.audit ?? { append: async (_queries: unknown, entry: AuditEntry) => void this.audit.push(entry) },
      access: new AccessCheckers(),
      metrics: new Registry(),
      clock: this.clock,
      log: createLog({ level: 'silent' }),
    } as unknown as Institution
  }

  /** A replica: a server of its own on the same tables. @param parts - what else it does */
  async replica(
    name = 'bank',
    changes: InstitutionChanges = {},
    parts: (institution: Institution, verifier: Verifier) => Promise<readonly Part[]> = async () => [],
  ): Promise<Replica> {
    const institution = await this.institution(name, changes)
    const verifier = await openVerifier(institution, { sources: await this.sources() })
    const server = createHttpServer({ log: institution.log, bodyLimitBytes: 1_048_576, requestTimeoutMs: 10_000, tls: changes.tls })
    enforceAccess(server, {
      roles: staffRoles,
      publicUrl: institution.publicUrl,
      systemToken,
      checkers: institution.access,
      findSession: async request => sessionOf(request.headers['x-test-role']),
    })
    for (const part of [verifier, ...(await parts(institution, verifier))]) await part.routes(server)
    await server.ready()
    return { institution, verifier, server, fetch: fetchInto(server), did: institution.self.did, signer: institution.self.keys[0].signer }
  }

  readonly #trust: TrustSource = {
    findGrant: async key => {
      const name = 'name' in key ? key.name : key.kind
      if (key.kind === 'institution' && !this.directory.knows(key.subject)) return null
      if (key.kind === 'institution' && this.directory.isSuspended(key.subject)) return { ...grant, status: 'suspended' }
      if (key.kind === 'ask' && queries[key.name] === undefined) return null
      return { ...grant, status: this.suspended.has(name) ? 'suspended' : 'active' }
    },
    findCredentialType: async () => null,
    findQuery: async (_institution, id, version) => {
      const content = queries[id]
      if (content === undefined || (version !== 'latest' && version !== 1)) return null
      const bytes = canonicalJsonBytes(content)
      return { version: 1, content: bytes, contentHash: sha256(bytes), timeMs: 0, blockIndex: 1 }
    },
  }

  /** What the verifier knows of issuers: one bureau, with a status list and a tree. */
  async sources(): Promise<VerificationSources> {
    const bureau = await this.bureau()
    const resolveIssuerKey: ResolveVerificationMethod = async ({ kid }) =>
      kid === bureau.kid ? { controller: bureau.did, publicKey: bureau.signer.publicKey, evidence: { blockIndex: 7 } } : null
    const common = {
      resolveIssuerKey,
      mayIssue: async () => ({ allowed: !this.isIssuerSuspended.value, evidence: {} }),
      validateClaims: async () => ({ valid: true, evidence: {} }),
      clock: this.clock,
    }
    const fetchStatusList = () =>
      signTokenStatusList({
        list: this.statuses,
        uri: statusUri,
        signer: bureau.signer,
        kid: bureau.kid,
        issuedAtMs: this.clock.nowMs(),
        expiresAtMs: this.clock.nowMs() + 86_400_000,
        ttlMs: 1000,
      })
    const tree = await this.tree()
    return {
      sdJwt: {
        ...common,
        status: { lists: new TokenStatusLists({ fetchStatusList, resolveIssuerKey, clock: this.clock }), maxAgeMs: 86_400_000 },
      },
      w3c: { ...common, resolveHolderKey: resolveIssuerKey, status: 'unchecked' },
      layoutOf: async () => layout,
      findRoots: async list => {
        const published = await tree.published()
        if (this.#anyRoots) return { roots: [1n], takenAtMs: this.clock.nowMs() - 30_000, evidence: {} }
        return JSON.stringify(list) === JSON.stringify(published.list)
          ? { roots: published.roots, takenAtMs: this.clock.nowMs() - 30_000, evidence: { blockIndex: list.height } }
          : null
      },
      checkProofs: checkFakeProofs,
      clock: this.clock,
      maxAnswerAgeMs: 300_000,
    }
  }

  bureau(): Promise<Listed> {
    return this.directory.add('bureau')
  }

  /** A wallet of somebody who lives there, with both credentials. @param name - two names are two people */
  async wallet(replica: Pick<Replica, 'fetch' | 'did' | 'signer'>, name = 'li'): Promise<TestWallet> {
    return {
      fetch: replica.fetch,
      resolveKey: async ({ did, kid }) =>
        did === replica.did && kid === `${did}#key-1` ? { controller: did, publicKey: replica.signer.publicKey } : null,
      clock: this.clock,
      sdJwt: await this.issueSdJwt(name),
      zk: await this.issueZk(name),
    }
  }

  async issueSdJwt(name: string, changes: Partial<Parameters<typeof issueSdJwtVc>[0]> = {}): Promise<HeldSdJwt & { index: number }> {
    const bureau = await this.bureau()
    const signer = await fixedSigner(`holder ${name}`)
    const index = this.statuses.allocate()!
    const credential = await issueSdJwtVc({
      signer: bureau.signer,
      kid: bureau.kid,
      issuer: bureau.did,
      credentialType: residentType,
      claims: residentClaims,
      disclosable: [['name'], ['birth_date'], ['city_code'], ['age_equal_or_over', '18']],
      holderKey: signer.publicKey,
      issuedAtMs: this.clock.nowMs() - 3_600_000,
      expiresAtMs: this.clock.nowMs() + 86_400_000,
      status: { uri: statusUri, index },
      ...changes,
    })
    return { credential, signer, index }
  }

  async issueZk(_name: string): Promise<HeldZk> {
    const { did } = await this.bureau()
    const tree = await this.tree()
    const secret = randomScalar(randomBytes)
    const credential: ZkCredential = {
      credentialType: residentType,
      schemaVersion: 1,
      issuer: did,
      claims: zkClaims,
      leafIndex: tree.size(),
      expires: '2036-11-01',
      salt: randomScalar(randomBytes),
      blinding: randomScalar(randomBytes),
    }
    tree.append(scalarToBytes(leafOfCredential(credential, layout, secret)))
    return {
      credential,
      layout,
      secret,
      // Not the circuits' matter here: bytes that every verifier of tests knows again.
      prover: { prove: async () => fakeProof(randomBytes(160)) },
      find: async () => ({ path: tree.path(credential.leafIndex), published: await tree.published() }),
    }
  }

  #tree: Promise<TestTree> | undefined
  tree(): Promise<TestTree> {
    this.#tree ??= this.bureau().then(({ did }) => TestTree.open(did))
    return this.#tree
  }
}

function fakeProof(seed: Uint8Array): Uint8Array {
  return concatBytes(seed, hmacSha256(utf8ToBytes('proofs of tests'), seed))
}

const checkFakeProofs: CheckProofs = async proofs =>
  proofs.map(({ proof }) => (equalBytes(fakeProof(proof.subarray(0, 160)), proof) ? undefined : 'ERR_PROOF_INVALID'))

class TestTree {
  readonly #tree: CredentialTree
  readonly #issuer: string

  private constructor(tree: CredentialTree, issuer: string) {
    this.#tree = tree
    this.#issuer = issuer
  }

  static async open(issuer: string): Promise<TestTree> {
    return new TestTree(new CredentialTree(createNodeHasher(await createScalarEngine())), issuer)
  }

  size(): number {
    return this.#tree.size
  }

  append(leaf: Uint8Array): void {
    this.#tree.append(leaf)
  }

  path(index: number) {
    return this.#tree.path(index)
  }

  async published(): Promise<PublishedRoots> {
    return {
      list: { credentialType: residentType, height: 100, issuers: [{ issuer: this.#issuer, rootIndex: this.#tree.size }] },
      roots: [scalarFromBytes(this.#tree.root)],
    }
  }
}

export interface Replica {
  readonly institution: Institution
  readonly verifier: Verifier
  readonly server: FastifyInstance
  /** Into this replica, whatever the address. */
  readonly fetch: Fetch
  readonly did: string
  readonly signer: Awaited<ReturnType<typeof fixedSigner>>
}

const grant = {
  sequence: 1,
  status: 'active',
  reason: 0,
  validFromMs: 0,
  validUntilMs: 8_640_000_000_000_000,
  granter: `0x${'1'.repeat(40)}`,
  label: '',
  actor: `0x${'1'.repeat(40)}`,
  timeMs: 0,
  blockIndex: 1,
} as unknown as GrantEntry

/** Somebody of the staff with one role, by a header of tests. */
function sessionOf(role: string | readonly string[] | undefined): StaffSession | null {
  if (typeof role !== 'string') return null
  const member = { id: `test-${role}`, name: role, roles: [role as StaffRole] }
  return { id: role, member, csrfToken: 'csrf', confirmedAtMs: 0, kind: 'browser', expiresAtMs: Number.POSITIVE_INFINITY }
}

/** A `fetch` that goes into a server without a network. */
export function fetchInto(server: FastifyInstance): Fetch {
  return (async (input: Parameters<Fetch>[0], init: Parameters<Fetch>[1] = {}) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const answer = await server.inject({
      method: (init.method ?? 'GET') as 'GET',
      url: url.pathname + url.search,
      headers: Object.fromEntries(new Headers(init.headers)),
      ...(init.body === undefined || init.body === null ? {} : { payload: String(init.body) }),
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) for (const one of [value].flat()) headers.append(name, String(one))
    const isEmpty = answer.statusCode === 204 || answer.statusCode === 304
    return new Response(isEmpty ? null : new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers })
  }) as Fetch
}

/** A random text where one is needed that nobody gave out. */
export function strayText(): string {
  return bytesToBase64url(randomBytes(32))
}
