// Shared by the tests of this app, and by those of faults: gateways on stand-ins for chains, as main.ts composes them.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type NetworkId, parseNetworkId } from '@hufu/chains'
import type { AssetEnd } from '@hufu/chains/titles'
import { publicKeyToMultikey } from '@hufu/keys'
import { bytesToBase64url, bytesToHex, type Clock, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Rules } from '@hufu/satp'
import { createLog, createMetrics, type Database } from '@hufu/service'
import type { Part } from '@hufu/staff'
import { fixedSecret, fixedSigner } from '@hufu/testkit'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Logger } from 'pino'
import type { Registry } from 'prom-client'
import type { GatewayChains } from './chains/gateway-chains.ts'
import { readGatewayConfig } from './config.ts'
import type { AllowList } from './counterparts/allow-list.ts'
import { type OpenedGateway, openGateway } from './open-gateway.ts'
import { createGatewayServer } from './server.ts'
import { type GatewaySettings, parseGatewaySettings } from './settings/gateway-settings.ts'
import type { KeyFile } from './settings/read-gateway-key.ts'
import { StandInChain } from './stand-in-chain-fixture.ts'

/** Names of gateways in tests. */
export type Side = 'a' | 'b'

export const operatorToken = 'an-operators-token-in-tests-long-enough'
/** Institution that holds titles in tests. */
export const holder = 'did:neo:test:holder'

export function didOf(side: Side): string {
  return `did:neo:test:gateway-${side}`
}

export function networkOf(side: Side): NetworkId {
  return parseNetworkId(`standin:${side}`)
}

export function otherOf(side: Side): Side {
  return side === 'a' ? 'b' : 'a'
}

/** Where a gateway is, if it is nowhere else. */
export function urlOf(side: Side): string {
  return `http://gateway-${side}.localhost`
}

/** A title of tests. */
export function titleOf(assetId: string) {
  return { assetId, holder, contentHash: bytesToHex(sha256(utf8ToBytes(assetId))) }
}

/** Opens the stand-in of a side, whose file is in the folder. */
export async function openStandIn(side: Side, folder: string, clock?: Clock): Promise<StandInChain> {
  const other = otherOf(side)
  return new StandInChain({
    network: networkOf(side),
    file: join(folder, `chain-${side}.log`),
    signer: await fixedSigner(`stand-in ${side}`),
    trusted: { [networkOf(other)]: (await fixedSigner(`stand-in ${other}`)).publicKey },
    ...(clock === undefined ? {} : { clock }),
  })
}

/** What is signed with, by one side to the other. */
export function keyNameOf(side: Side): string {
  return `gateway ${side} to ${otherOf(side)}`
}

/** Settings of a side, whose files are written into the folder. */
export async function settingsOf(
  side: Side,
  folder: string,
  options: { readonly otherUrl?: string; readonly lockForMs?: number } = {},
): Promise<GatewaySettings> {
  const other = otherOf(side)
  const name = { 'zh-CN': `网关${side}`, en: `Gateway ${side}` }
  const keyFile = join(folder, `key-${side}.json`)
  const key: KeyFile = { version: 1, id: `${didOf(side)}#to-${other}`, secret: bytesToBase64url(fixedSecret(keyNameOf(side))) }
  writeFileSync(keyFile, JSON.stringify(key))
  const settings = parseGatewaySettings(
    JSON.stringify({
      ...{ did: didOf(side), name, ...(options.lockForMs === undefined ? {} : { lockForMs: options.lockForMs }) },
      networks: [
        // The stand-in is put in its place.
        { id: networkOf(side), name, chain: { kind: 'neo', networkFile: 'none' } },
        { id: networkOf(other), name },
      ],
      counterparts: [
        {
          ...{ did: didOf(other), name, url: options.otherUrl ?? urlOf(other), networks: [networkOf(other)], keyFile },
          keyId: `${didOf(other)}#to-${side}`,
          publicKey: publicKeyToMultikey((await fixedSigner(keyNameOf(other))).publicKey),
        },
      ],
      views: [
        { network: networkOf(side), contract: 'titles', path: ['title', '*'], minAssurance: { kind: 'endorsementProof', minEndorsers: 1 } },
      ],
    }),
  )
  return settings
}

/** A gateway of tests, and how to talk to it. */
export interface TestGateway {
  readonly gateway: OpenedGateway
  readonly server: FastifyInstance
  readonly metrics: Registry
  /** As its operator. */
  operate(method: 'GET' | 'POST', url: string, body?: object): Promise<LightMyRequestResponse>
  close(): Promise<void>
}

export interface TestGatewayOptions {
  readonly side: Side
  readonly folder: string
  readonly database: Database
  readonly chain: StandInChain
  readonly fetch?: typeof fetch
  readonly chains?: GatewayChains
  readonly settings?: GatewaySettings
  readonly allowList?: AllowList
  readonly clock?: Clock
  readonly rules?: Partial<Rules>
  readonly log?: Logger
  /** Further parts of the server. */
  readonly parts?: readonly Part[]
  readonly publicUrl?: string
  readonly environment?: Readonly<Record<string, string>>
}

/** Opens a gateway on a stand-in, not listening. */
export async function openTestGateway(options: TestGatewayOptions): Promise<TestGateway> {
  const { side, folder, database, chain, fetch, allowList, clock, rules, parts = [], log = createLog({ level: 'silent' }) } = options
  const settings = options.settings ?? (await settingsOf(side, folder))
  const publicUrl = options.publicUrl ?? urlOf(side)
  const config = readGatewayConfig({
    ...{ GATEWAY_FILE: 'none', OPERATOR_TOKEN_FILE: 'none', PUBLIC_URL: publicUrl, LOOPBACK_PEERS: 'allow', RATE_LIMIT_PERCENT: '0' },
    ...{ RETRY_MS: '5', MAX_RETRY_MS: '100', LOOK_EVERY_MS: '500', ...options.environment },
  })
  const metrics = createMetrics()
  const chains = options.chains ?? chainsOf(side, chain)
  const gateway = await openGateway(config, {
    ...{ settings, chains, publicUrl, operatorToken, log, metrics, database },
    ...(fetch === undefined ? {} : { fetch }),
    ...(allowList === undefined ? {} : { allowList }),
    ...(clock === undefined ? {} : { clock }),
    ...(rules === undefined ? {} : { rules }),
  })
  const server = await createGatewayServer({
    ...{ ...config, publicUrl, operatorToken, log, metrics, database, jobs: gateway.jobs, parts: [...gateway.parts, ...parts] },
    readiness: gateway.readiness,
  })
  await server.ready()
  return {
    ...{ gateway, server, metrics },
    operate: (method, url, body) =>
      server.inject({
        ...{ method, url },
        headers: { authorization: `Bearer ${operatorToken}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
      }),
    async close() {
      await server.close()
      await gateway.close()
    },
  }
}

/** A stand-in as the chains of a gateway; the other side's stand-in is known by its key. */
export function chainsOf(side: Side, chain: StandInChain): GatewayChains {
  return {
    verifierOf: network => (network === networkOf(otherOf(side)) ? proof => chain.verifyView(proof) : undefined),
    endOf: network => (network === networkOf(side) ? chain : undefined),
    adapterOf: network => (network === networkOf(side) ? chain : undefined),
  }
}

/** A stand-in that does some things otherwise. Its methods use private members: they are called on itself. */
export function instead(chain: StandInChain, changes: Partial<AssetEnd>): AssetEnd {
  return new Proxy<AssetEnd>(chain, {
    get(target, name) {
      const value: unknown = changes[name as keyof AssetEnd] ?? Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A fetch that calls servers of this process; one that is not there cannot be reached. */
export function fetchOf(serverOf: (host: string) => FastifyInstance | undefined): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input))
    const server = serverOf(url.host)
    if (server === undefined) throw new TypeError('fetch failed')
    const answer = await server.inject({
      method: (init.method ?? 'GET') as 'GET',
      url: url.pathname + url.search,
      headers: Object.fromEntries(new Headers(init.headers)),
      payload: init.body as string,
    })
    const headers = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string])
    return new Response(answer.statusCode === 204 ? null : new Uint8Array(answer.rawPayload), { status: answer.statusCode, headers })
  }
}

export function testFolder(): string {
  return mkdtempSync(join(tmpdir(), 'hufu-gateway-'))
}

/** Waits until something holds. @throws Error: it did not in time */
export async function until(holds: () => Promise<boolean>, timeoutMs = 20_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error('it did not come to that in time')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
