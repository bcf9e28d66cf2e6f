import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { proofs } from '@hufu/bindings'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import { createDid, didOf } from '@hufu/did'
import { publicKeyToJwk, type Signer } from '@hufu/keys'
import type { Account } from '@hufu/ledger'
import { bytesToBase64url, type Json } from '@hufu/primitives'
import { circuitNames } from '@hufu/proofs'
import { credentialTypes, queries } from '@hufu/samples'
import { fixedSecret, fixedSigner, freePort, startPostgres, startTestNetwork, type TestNetwork, type TestPostgres } from '@hufu/testkit'
import { accreditIssuer, addAuthority, addInstitution, registerCredentialType, registerQuery } from '@hufu/trust'
import type { StaffRole } from '../../../apps/institution/src/access/access.ts'
import { type InstitutionProcess, startProcess } from './institution-process.ts'

export const residentType = 'urn:hufu:resident'
export const callback = 'http://shop.example/callback'
export const walletUrl = 'https://wallet.example'
export const acr = { pseudonymous: 'urn:hufu:acr:pseudonymous' } as const

/** Who of an institution's staff signs in, each a person of their own. */
export const staffNames = ['clerk', 'clerk-2', 'officer', 'officer-2', 'administrator', 'administrator-2', 'auditor', 'everything'] as const
export type StaffName = (typeof staffNames)[number]

/** What somebody of the staff sends with a request. */
export interface StaffHeaders {
  readonly cookie: string
  readonly 'x-hufu-csrf': string
  readonly origin: string
}

/** An answer, read. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // Answers are looked into as deeply as each test knows them.
  readonly json: ReturnType<typeof JSON.parse>
}

export interface RequestOptions {
  readonly body?: string | Uint8Array | object | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Of a replica; default: where the institution says it is. */
  readonly url?: string
}

/** Queries with names of this world besides the pilot's: a wallet collects by its plain credential, and W3C credentials are asked for. */
const moreQueries = {
  'collect-plain': {
    ...queries['open-account'],
    dcql: {
      credentials: [
        { id: 'residence', format: 'dc+sd-jwt', meta: { vct_values: [residentType] }, claims: [{ path: ['resident_number'] }] },
      ],
    },
  },
  'open-account-w3c': {
    ...queries['open-account'],
    dcql: {
      credentials: [
        {
          id: 'residence',
          format: 'ldp_vc',
          meta: { type_values: [['https://www.w3.org/2018/credentials#VerifiableCredential']] },
          claims: [{ path: ['credentialSubject', 'city_code'] }],
        },
      ],
    },
  },
} as const

const asked = ['open-account', 'open-account-zk', 'sign-in', 'hand-over-consent', 'collect-plain', 'open-account-w3c'] as const

/** An institution that is attacked: it does everything a server can do. */
export class AttackedInstitution {
  readonly name: string
  readonly account: Account
  readonly did: string
  readonly signer: Signer
  readonly databaseUrl: string
  readonly folder: string
  readonly port: number
  readonly systemToken = randomBytes(32).toString('base64url')
  readonly shopSecret = randomBytes(32).toString('base64url')
  readonly invitationCodes: Readonly<Record<StaffName, string>>
  readonly vaultKeyFile: string
  readonly #sessions = new Map<StaffName, Promise<StaffHeaders>>()
  readonly #environment: Readonly<Record<string, string>>

  constructor(options: {
    readonly name: string
    readonly account: Account
    readonly signer: Signer
    readonly did: string
    readonly databaseUrl: string
    readonly folder: string
    readonly port: number
    readonly networkFile: string
  }) {
    const { name, account, signer, did, databaseUrl, folder, port, networkFile } = options
    this.name = name
    this.account = account
    this.signer = signer
    this.did = did
    this.databaseUrl = databaseUrl
    this.folder = folder
    this.port = port
    this.invitationCodes = Object.fromEntries(staffNames.map(staff => [staff, randomBytes(32).toString('base64url')])) as never
    const file = (suffix: string, content: string): string => {
      const path = join(folder, `${name}${suffix}`)
      writeFileSync(path, content)
      return path
    }
    const keys = [{ id: this.kid, algorithm: 'P-256', secret: bytesToBase64url(fixedSecret(`${name} key`)) }]
    this.vaultKeyFile = file('-vault-key', randomBytes(32).toString('hex'))
    const shop = { 'zh-CN': '商店', en: 'Shop' }
    const secretSha256 = createHash('sha256').update(this.shopSecret).digest('hex')
    const signIn = {
      levels: [{ acr: acr.pseudonymous, query: 'sign-in' }],
      collect: { query: 'collect-plain' },
      clients: [{ id: 'shop', name: shop, secretSha256, redirectUris: [callback], refreshTokens: true }],
    }
    this.#environment = {
      ROLES: 'issuer,verifier,sign-in,hand-over',
      NETWORK_FILE: networkFile,
      PUBLIC_URL: this.url,
      IDENTITY_FILE: file('.json', JSON.stringify({ version: 1, did, controller: bytesToBase64url(fixedSecret(name)), keys })),
      SYSTEM_TOKEN_FILE: file('-system-token', this.systemToken),
      VAULT_KEY_FILE: this.vaultKeyFile,
      DATABASE_URL_FILE: file('-database', databaseUrl),
      OIDC_CLIENTS_FILE: file('-clients.json', JSON.stringify(signIn)),
      STAFF_SIGN_IN: 'invitation',
      STAFF_BOOTSTRAP_FILE: file('-staff.json', JSON.stringify({ version: 1, invitations: this.#invitations() })),
      PAGE_QUERIES: 'open-account',
      WALLET_URL: walletUrl,
      LOOPBACK_PEERS: 'allow',
      RATE_LIMIT_PERCENT: '0',
      KEY_SETTLE_MS: '0',
      AUDIT_ANCHOR_EVERY_MS: '1000',
    }
  }

  get kid(): string {
    return `${this.did}#key-1`
  }

  /** Where it says that it is. */
  get url(): string {
    return `http://localhost:${this.port}`
  }

  /** Starts a server of it. @param port - of a replica; default: the institution's own */
  start(port: number = this.port, environment: Readonly<Record<string, string>> = {}): Promise<InstitutionProcess> {
    return startProcess(this.folder, `${this.name}-${port}`, port, { ...this.#environment, ...environment })
  }

  async request(method: string, path: string, { body, headers = {}, url = this.url }: RequestOptions = {}): Promise<Answer> {
    const isJson = typeof body === 'object' && !(body instanceof Uint8Array) && !(body instanceof URLSearchParams)
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body === undefined ? {} : { body: (isJson ? JSON.stringify(body) : body) as string }),
    })
    const text = await response.text()
    const isReadable = /[/+]json(;|$)/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, json: isReadable && text !== '' ? JSON.parse(text) : undefined }
  }

  /** As {@link request}, of what must be done. @throws Error */
  async done(method: string, path: string, options: RequestOptions = {}): Promise<Answer['json']> {
    const answer = await this.request(method, path, options)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
    return answer.json
  }

  system(method: string, path: string, body?: object, url?: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${this.systemToken}` }
    return this.request(method, path, { headers, body, ...(url === undefined ? {} : { url }) })
  }

  async staff(name: StaffName, method: string, path: string, body?: RequestOptions['body']): Promise<Answer> {
    return this.request(method, path, { headers: { ...(await this.session(name)) }, body })
  }

  /** A session of somebody's, the same each time. */
  session(name: StaffName): Promise<StaffHeaders> {
    const known = this.#sessions.get(name) ?? this.signIn(name)
    this.#sessions.set(name, known)
    return known
  }

  /** A new session. */
  async signIn(name: StaffName, headers: Readonly<Record<string, string>> = {}): Promise<StaffHeaders> {
    const answer = await this.request('POST', '/staff/sign-in/invitation', {
      body: { code: this.invitationCodes[name] },
      headers: { origin: this.url, ...headers },
    })
    if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.text}`)
    const cookie = answer.headers.get('set-cookie')!.split(';')[0]!
    return { cookie, 'x-hufu-csrf': answer.json.csrfToken, origin: this.url }
  }

  #invitations(): readonly object[] {
    const everything: readonly StaffRole[] = ['clerk', 'officer', 'administrator', 'auditor']
    return staffNames.map(staff => ({
      personId: crypto.randomUUID(),
      name: staff,
      roles: staff === 'everything' ? everything : [staff.split('-')[0]],
      codeHash: createHash('sha256').update(this.invitationCodes[staff]).digest('base64url'),
      expiresAtMs: Date.now() + 3_600_000,
    }))
  }
}

/** A ledger, a database server, and two institutions that are in the trust registry; their servers are for each test to start. */
export class AttackedWorld {
  readonly network: TestNetwork
  readonly postgres: TestPostgres
  readonly folder: string
  readonly institutions: readonly AttackedInstitution[]
  /** Issues residence credentials, too. */
  readonly bank: AttackedInstitution
  readonly hospital: AttackedInstitution

  private constructor(network: TestNetwork, postgres: TestPostgres, folder: string, institutions: readonly AttackedInstitution[]) {
    this.network = network
    this.postgres = postgres
    this.folder = folder
    this.institutions = institutions
    this.bank = institutions[0]!
    this.hospital = institutions[1]!
  }

  /**
   * @param postgresOf - another server of databases; default: a usual one
   * @param others - institutions besides the two that are always there
   */
  static async start(postgresOf: () => Promise<TestPostgres> = startPostgres, others: readonly string[] = []): Promise<AttackedWorld> {
    const folder = mkdtempSync(join(tmpdir(), 'hufu-attacks-'))
    const [network, postgres] = await Promise.all([startTestNetwork({ validators: 1 }), postgresOf()])
    const networkFile = join(folder, 'network.json')
    writeFileSync(networkFile, JSON.stringify({ ...network.descriptor, epochMs: 2_000 }))
    const names = ['bank', 'hospital', ...others]
    const accounts = await network.fundedAccounts(...names)
    const institutions = await Promise.all(
      names.map(
        async (name, index) =>
          new AttackedInstitution({
            ...{ name, folder, networkFile, account: accounts[index]!, port: await freePort(), signer: await fixedSigner(`${name} key`) },
            did: didOf(network.descriptor.name, accounts[index]!.scriptHash),
            databaseUrl: await postgres.createDatabase(),
          }),
      ),
    )
    const world = new AttackedWorld(network, postgres, folder, institutions)
    try {
      await world.#register()
      return world
    } catch (error) {
      await world.stop()
      throw error
    }
  }

  get session() {
    return { client: this.network.ledger, network: this.network.descriptor }
  }

  async stop(): Promise<void> {
    await this.network.stop()
    await this.postgres.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async #register(): Promise<void> {
    const { session, bank, institutions } = this
    const { committee } = this.network
    const founding = { client: this.network.founding, network: this.network.descriptor }
    const authority = bank.account.scriptHash
    const by = { account: bank.account, authority }
    await inBlock([
      ...institutions.map(({ account, did, kid, signer, url }) => {
        const verificationMethod = [{ id: kid, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(signer.publicKey) }]
        const service = [{ id: `${did}#institution`, type: 'HufuInstitution', serviceEndpoint: url }]
        return createDid(session, {
          account,
          document: { id: did, verificationMethod, assertionMethod: [kid], authentication: [kid], service },
        })
      }),
      registerCredentialType(founding, { account: committee, typeId: residentType, version: 1, schema: credentialTypes[residentType] }),
      ...circuitNames.map(circuitId => this.#setVerifyingKey(circuitId)),
    ])
    await inBlock([addAuthority(founding, { account: committee, authority, region: '990100' })])
    await inBlock(institutions.map(({ account }) => addInstitution(session, { ...by, institution: account.scriptHash, kind: 'agency' })))
    await inBlock([
      accreditIssuer(session, { ...by, institution: authority, typeId: residentType }),
      ...institutions.flatMap(({ account }) =>
        asked.map(queryId => {
          const content = ({ ...queries, ...moreQueries } as Record<string, Json>)[queryId]!
          const patient = JSON.parse(JSON.stringify(content).replaceAll('"maxRootAgeSeconds":20', '"maxRootAgeSeconds":60'))
          return registerQuery(founding, {
            account: committee,
            authority,
            institution: account.scriptHash,
            queryId,
            version: 1,
            content: patient,
          })
        }),
      ),
    ])
  }

  #setVerifyingKey(circuitId: (typeof circuitNames)[number]): Promise<{ inBlock(): Promise<unknown> }> {
    const { committee: account, descriptor, founding } = this.network
    const key = new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuitId)))
    const call = proofs(descriptor.contracts.proofs.hash).setVerifyingKey({ circuitId, version: 1n, key })
    return founding.submit([call], { account, idempotencyKey: `key ${circuitId}` })
  }
}

async function inBlock(writes: readonly Promise<{ inBlock(): Promise<unknown> }>[]): Promise<void> {
  for (const write of await Promise.all(writes)) await write.inBlock()
}
