// Institutions with servers of their own on a real network; for tests.

import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { proofs } from '@hufu/bindings'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import { anchorStatusList, issueSdJwtVc, StatusList, signTokenStatusList } from '@hufu/credentials'
import { accountOfDid, createDid, didOf, parseDid } from '@hufu/did'
import { generateSigner, publicKeyToJwk, type Signer } from '@hufu/keys'
import type { Account } from '@hufu/ledger'
import { bytesToBase64url, type Json, randomBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import {
  circuitNames,
  createNodeHasher,
  createScalarEngine,
  leafOfCredential,
  MemoryTreeLog,
  type ProofMaker,
  pathInBucket,
  publishedRootsOf,
  randomScalar,
  readAttributeLayout,
  scalarToBytes,
  TreeWriter,
  type ZkCredential,
} from '@hufu/proofs'
import { credentialTypes, type queries } from '@hufu/samples'
import { createHttpServer, createLog, createMetrics, migrate, type Trees } from '@hufu/service'
import { enforceAccess } from '@hufu/staff'
import { fixedSecret, fixedSigner, freePort, startTestNetwork, type TestNetwork } from '@hufu/testkit'
import { accreditIssuer, addAuthority, addInstitution, registerCredentialType, registerQuery } from '@hufu/trust'
import type { FastifyInstance } from 'fastify'
import { staffRoles } from '../access/access.ts'
import { readInstitutionConfig } from '../config.ts'
import { newFolder } from '../fixture.ts'
import { handoverMigrations } from '../handover/migrations.ts'
import { openHandover } from '../handover/open-handover.ts'
import { openInstitution } from '../open-institution.ts'
import { openLedger } from '../open-ledger.ts'
import { verifierMigrations } from './migrations.ts'
import { openVerifier, type Verifier } from './open-verifier.ts'
import type { HeldSdJwt, HeldZk, TestWallet } from './wallet-fixture.ts'

export const systemToken = 't'.repeat(43)
export const residentType = 'urn:hufu:resident'
const epochMs = 2_000
const layout = readAttributeLayout(credentialTypes[residentType])
const claims: { readonly [name: string]: Json } = {
  resident_number: '110101199003077715',
  name: '李华',
  name_latin: 'Li Hua',
  sex: '1',
  birth_date: '1990-03-07',
  city_code: '990100',
  division_code: '990101',
  address: '长安街 1 号',
  resident_since: '2010-05-01',
  age_equal_or_over: { 16: true, 18: true, 60: false, 65: false },
}

/** An institution's server, listening. */
export interface RunningServer {
  readonly did: string
  readonly url: string
  readonly verifier: Verifier
  readonly trees: Trees
  readonly server: FastifyInstance
}

/** Somebody on the ledger. */
interface Member {
  readonly name: string
  readonly account: Account
  readonly did: string
  readonly signer: Signer
  readonly port: number
}

/** A network with a bureau, and institutions that ask. */
export class NetworkWorld {
  readonly network: TestNetwork
  readonly #members = new Map<string, Member>()
  readonly #networkFile: string
  readonly #statuses = new StatusList({ capacity: 1024, size: 2 })
  readonly #stops: (() => Promise<unknown>)[] = []
  #statusList = ''
  #statusUri = ''

  private constructor(network: TestNetwork) {
    this.network = network
    this.#networkFile = join(newFolder(), 'network.json')
    writeFileSync(this.#networkFile, JSON.stringify({ ...network.descriptor, epochMs }))
  }

  /** @param asks - registered queries of each institution */
  static async start(asks: Readonly<Record<string, readonly (keyof typeof queries)[]>>, contents: typeof queries): Promise<NetworkWorld> {
    const world = new NetworkWorld(await startTestNetwork({ validators: 1 }))
    await world.#register(asks, contents)
    await world.#publishStatuses()
    return world
  }

  get session() {
    return { client: this.network.ledger, network: this.network.descriptor }
  }

  member(name: string): Member {
    return this.#members.get(name)!
  }

  async stop(): Promise<void> {
    for (const stop of this.#stops.reverse()) await stop()
    await this.network.stop()
  }

  async #register(asks: Readonly<Record<string, readonly (keyof typeof queries)[]>>, contents: typeof queries): Promise<void> {
    const names = ['bureau', ...Object.keys(asks)]
    const accounts = await this.network.fundedAccounts(...names)
    for (const [index, name] of names.entries()) {
      const account = accounts[index]!
      const did = didOf(this.network.descriptor.name, account.scriptHash)
      this.#members.set(name, { name, account, did, signer: await fixedSigner(`${name} key`), port: await freePort() })
    }
    const { session } = this
    const { committee } = this.network
    const founding = { client: this.network.founding, network: this.network.descriptor }
    const bureau = this.member('bureau')
    const authority = bureau.account.scriptHash
    const contract = proofs(this.network.descriptor.contracts.proofs.hash)
    const by = { account: bureau.account }
    const writes: Promise<{ inBlock(): Promise<unknown> }>[] = [
      ...[...this.#members.values()].map(member => createDid(session, { account: member.account, document: documentOf(member) })),
      registerCredentialType(founding, { account: committee, typeId: residentType, version: 1, schema: credentialTypes[residentType] }),
      ...circuitNames.map(circuit =>
        founding.client.submit(
          [
            contract.setVerifyingKey({
              circuitId: circuit,
              version: 1n,
              key: new Uint8Array(readFileSync(developmentVerifyingKeyFile(circuit))),
            }),
          ],
          { account: committee, idempotencyKey: `key ${circuit}` },
        ),
      ),
    ]
    for (const write of await Promise.all(writes)) await write.inBlock()
    await (await addAuthority(founding, { account: committee, authority, region: '990100' })).inBlock()
    const members = [...this.#members.values()]
    for (const write of await Promise.all(
      members.map(({ account }) => addInstitution(session, { ...by, authority, institution: account.scriptHash, kind: 'agency' })),
    ))
      await write.inBlock()
    const rights = [
      accreditIssuer(session, { ...by, authority, institution: authority, typeId: residentType }),
      ...Object.entries(asks).flatMap(([name, ids]) =>
        ids.map(queryId => {
          const institution = this.member(name).account.scriptHash
          const content = JSON.parse(JSON.stringify(contents[queryId]).replaceAll('"maxRootAgeSeconds":20', '"maxRootAgeSeconds":60'))
          return registerQuery(founding, { account: committee, authority, institution, queryId, version: 1, content })
        }),
      ),
    ]
    for (const write of await Promise.all(rights)) await write.inBlock()
    // What is issued in the second of its accreditation bears a time before it.
    await sleep(1_100)
  }

  /** The bureau's list, served where credentials say, and anchored. */
  async #publishStatuses(): Promise<void> {
    const server = createServer((_request, response) =>
      response.setHeader('content-type', 'application/statuslist+jwt').end(this.#statusList),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    this.#stops.push(async () => void server.close())
    this.#statusUri = `http://localhost:${(server.address() as AddressInfo).port}/status/1`
    await this.signStatuses()
  }

  async signStatuses(revoked?: number): Promise<void> {
    if (revoked !== undefined) this.#statuses.set(revoked, 1)
    const { account, did, signer } = this.member('bureau')
    const nowMs = Date.now()
    const options = { issuedAtMs: nowMs, expiresAtMs: nowMs + 86_400_000, ttlMs: 1000 }
    this.#statusList = await signTokenStatusList({ list: this.#statuses, uri: this.#statusUri, signer, kid: `${did}#key-1`, ...options })
    const list = { issuer: account.scriptHash, uri: this.#statusUri, sha256: sha256(utf8ToBytes(this.#statusList)) }
    await (await anchorStatusList(this.session, list, { account })).inBlock()
  }

  /** Starts a server of an institution. @param databaseUrl - default: an embedded database of its own */
  async serve(name: string, options: { readonly databaseUrl?: string; readonly port?: number } = {}): Promise<RunningServer> {
    const { did, port: ownPort } = this.member(name)
    const port = options.port ?? ownPort
    // Replicas answer under one name.
    const url = `http://localhost:${ownPort}`
    const folder = newFolder()
    const identity = join(folder, `${name}.json`)
    const keys = [{ id: `${did}#key-1`, algorithm: 'P-256', secret: bytesToBase64url(fixedSecret(`${name} key`)) }]
    writeFileSync(identity, JSON.stringify({ version: 1, did, controller: bytesToBase64url(fixedSecret(name)), keys }))
    writeFileSync(join(folder, 'vault.key'), Buffer.from(fixedSecret(`${name} vault`)).toString('hex'))
    writeFileSync(join(folder, 'system.token'), systemToken)
    if (options.databaseUrl !== undefined) writeFileSync(join(folder, 'database.url'), options.databaseUrl)
    const config = readInstitutionConfig({
      ...{ ROLES: 'verifier,hand-over', NETWORK_FILE: this.#networkFile, IDENTITY_FILE: identity, DATA_FOLDER: join(folder, 'data') },
      ...{ VAULT_KEY_FILE: join(folder, 'vault.key'), SYSTEM_TOKEN_FILE: join(folder, 'system.token'), LOOPBACK_PEERS: 'allow' },
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL_FILE: join(folder, 'database.url') }),
    })
    const log = createLog({ level: 'silent' })
    const ledger = (await openLedger(config, { log, onError: () => undefined, onAlarm: () => undefined }))!
    const institution = await openInstitution(config, { publicUrl: url, ledger, log, metrics: createMetrics() })
    await migrate(institution.database, [...verifierMigrations, ...handoverMigrations])
    const verifier = await openVerifier(institution)
    const handover = await openHandover(institution, { desk: verifier.desk })
    const server = createHttpServer({ log, bodyLimitBytes: 1_048_576, requestTimeoutMs: 10_000 })
    enforceAccess(server, { roles: staffRoles, publicUrl: url, systemToken, checkers: institution.access })
    for (const part of [verifier, handover]) await part.routes(server)
    await server.listen({ host: '127.0.0.1', port })
    this.#stops.push(
      () => ledger.close(),
      () => institution.close(),
      async () => verifier.close?.(),
      () => server.close(),
    )
    return { did, url: `http://localhost:${port}`, verifier, trees: ledger.trees!.trees, server }
  }

  /** A wallet of a resident that trusts what the ledger says of verifiers' keys. */
  async wallet(
    trees: Trees,
    prover: ProofMaker,
  ): Promise<TestWallet & { readonly sdJwt: HeldSdJwt & { readonly index: number }; readonly zk: HeldZk }> {
    return {
      fetch,
      clock: { nowMs: () => Date.now() },
      resolveKey: async ({ did }) => {
        const member = [...this.#members.values()].find(each => each.did === did)
        return member === undefined ? null : { controller: did, publicKey: member.signer.publicKey }
      },
      sdJwt: await this.#issueSdJwt(),
      zk: await this.#issueZk(trees, prover),
    }
  }

  async #issueSdJwt(): Promise<HeldSdJwt & { readonly index: number }> {
    const { did, signer } = this.member('bureau')
    const holder = await generateSigner('P-256')
    const index = this.#statuses.allocate()!
    const credential = await issueSdJwtVc({
      signer,
      kid: `${did}#key-1`,
      issuer: did,
      credentialType: residentType,
      claims,
      disclosable: [
        ...Object.keys(claims)
          .filter(name => name !== 'age_equal_or_over')
          .map(name => [name]),
        ['age_equal_or_over', '18'],
      ],
      holderKey: holder.publicKey,
      issuedAtMs: Date.now(),
      expiresAtMs: Date.now() + 86_400_000,
      status: { uri: this.#statusUri, index },
    })
    return { credential, signer: holder, index }
  }

  async #issueZk(trees: Trees, prover: ProofMaker): Promise<HeldZk> {
    const { did, account } = this.member('bureau')
    const { age_equal_or_over: _, ...attributes } = claims
    const secret = randomScalar(randomBytes)
    const key = { issuer: account.scriptHash, typeId: residentType }
    const hasher = createNodeHasher(await createScalarEngine())
    const writer = await TreeWriter.open({
      ...{ client: this.network.ledger, contract: this.network.descriptor.contracts.status.hash, key, account, source: trees, hasher },
      log: new MemoryTreeLog(),
    })
    const draft: ZkCredential = {
      ...{ credentialType: residentType, schemaVersion: 1, issuer: did, claims: attributes, leafIndex: 0, expires: '2036-11-01' },
      salt: randomScalar(randomBytes),
      blinding: randomScalar(randomBytes),
    }
    const [leafIndex] = await writer.append(scalarToBytes(leafOfCredential(draft, layout, secret)))
    const credential = { ...draft, leafIndex: leafIndex! }
    return { credential, layout, secret, prover, find: () => this.#pathOf(trees, credential) }
  }

  /** Waits for the epoch in which the leaf is. */
  async #pathOf(trees: Trees, { issuer, leafIndex }: ZkCredential): ReturnType<HeldZk['find']> {
    const key = { issuer: accountOfDid(parseDid(issuer)), typeId: residentType }
    for (let attempt = 0; attempt < 200; attempt++) {
      const epoch = await trees.epochRoots(residentType, 'latest')
      const lists = epoch === null ? [] : publishedRootsOf(epoch, account => didOf(this.network.descriptor.name, account))
      const published = lists.find(({ list }) => list.issuers.some(entry => entry.issuer === issuer))
      const rootIndex = published?.list.issuers.find(entry => entry.issuer === issuer)?.rootIndex
      const root = rootIndex === undefined ? null : await trees.rootAt(key, rootIndex)
      if (published !== undefined && root !== null && leafIndex < root.size) {
        const bucket = (await trees.bucket(key, Math.floor(leafIndex / 4_096), root.rootIndex))!
        return { published, path: pathInBucket(bucket, leafIndex, trees.followedTree(key)!.hasher) }
      }
      await new Promise(resolve => setTimeout(resolve, 100))
    }
    throw new Error('the leaf is in no epoch')
  }
}

function documentOf({ did, signer, port }: Member): object {
  const kid = `${did}#key-1`
  return {
    id: did,
    verificationMethod: [{ id: kid, type: 'JsonWebKey', controller: did, publicKeyJwk: publicKeyToJwk(signer.publicKey) }],
    authentication: [kid],
    assertionMethod: [kid],
    service: [{ id: `${did}#institution`, type: 'HufuInstitution', serviceEndpoint: `http://localhost:${port}` }],
  }
}
