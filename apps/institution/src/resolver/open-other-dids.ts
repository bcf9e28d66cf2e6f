import {
  BsnDidService,
  type DidDriver,
  DidResolver,
  didBsnDriver,
  didEthrDriver,
  didJwkDriver,
  didKeyDriver,
  didWebDriver,
  type EthrRegistry,
} from '@hufu/did'
import { errorCode, parseJson } from '@hufu/primitives'
import { outsideFetch, readConfiguredFile, ServiceError } from '@hufu/service'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { BsnReattestationRule } from '../bsn/bsn-reattestation.ts'

const address = Type.String({ pattern: '^https?://[^#?\\s]+$' })
const file = Type.String({ minLength: 1 })

const acceptedSchema = Type.Object(
  {
    issuerDid: Type.String({ pattern: '^did:bsn:[1-9A-HJ-NP-Za-km-z]{20,28}$' }),
    cptId: Type.String({ pattern: '^[1-9][0-9]{0,18}$' }),
    issuer: Type.String({ pattern: '^did:', description: 'In whose name here: one of ISSUER_FILES.' }),
    credentialType: Type.String({ pattern: '^[A-Za-z][A-Za-z0-9]{0,63}$' }),
    claims: Type.Record(Type.String({ minLength: 1 }), Type.String({ pattern: '^[A-Za-z][A-Za-z0-9_]{0,63}$' }), {
      description: 'Names here by names there; what is not named is left out.',
    }),
    maxValidityDays: Type.Integer({ minimum: 1, maximum: 3650 }),
  },
  { additionalProperties: false },
)

const settingsSchema = Type.Object(
  {
    cacheMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000, description: 'How old an answer may be; default 60,000.' })),
    web: Type.Optional(Type.Object({}, { additionalProperties: false, description: 'did:web, from whichever host a DID names.' })),
    bsn: Type.Optional(
      Type.Object(
        {
          url: address,
          projectId: Type.String({ minLength: 1, pattern: '^[\\x21-\\x7e]+$' }),
          tokenFile: file,
          accepted: Type.Optional(
            Type.Array(acceptedSchema, { maxItems: 1000, description: 'Whose credentials are attested again, and as what.' }),
          ),
        },
        { additionalProperties: false, description: 'did:bsn, from BSN’s DID service.' },
      ),
    ),
    ethr: Type.Optional(
      Type.Record(
        Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
        Type.Object(
          {
            chainId: Type.Integer({ minimum: 1 }),
            registry: Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' }),
            nodes: Type.Array(
              Type.Object(
                { url: address, keyFile: Type.Optional(file) },
                { additionalProperties: false, description: 'keyFile: sent as x-api-key.' },
              ),
              { minItems: 1, maxItems: 16 },
            ),
            agreeing: Type.Optional(Type.Integer({ minimum: 1, description: 'Nodes that must answer alike; default all.' })),
            confirmations: Type.Integer({ minimum: 0, maximum: 10_000 }),
          },
          { additionalProperties: false },
        ),
        { description: 'did:ethr by the chain’s name in DIDs; mainnet for DIDs that name none.' },
      ),
    ),
  },
  { additionalProperties: false },
)

interface OtherDidSettings {
  readonly cacheMs?: number
  readonly web?: object
  readonly bsn?: {
    readonly url: string
    readonly projectId: string
    readonly tokenFile: string
    readonly accepted?: readonly BsnReattestationRule[]
  }
  readonly ethr?: Readonly<Record<string, EthrSettings>>
}

interface EthrSettings {
  readonly chainId: number
  readonly registry: string
  readonly nodes: readonly { readonly url: string; readonly keyFile?: string }[]
  readonly agreeing?: number
  readonly confirmations: number
}

/** Other methods' DIDs, and what BSN's DID service is for besides. */
export interface OtherDids {
  readonly resolver: DidResolver
  readonly bsn: { readonly service: BsnDidService; readonly accepted: readonly BsnReattestationRule[] } | undefined
}

/**
 * Resolves DIDs of methods other than our own. Those that are their key always; those that somebody must be asked about only where `OTHER_DIDS_FILE` says so. Servers
 * that a DID names are asked as all servers are that others name.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`: the file is missing, or not as described; says where, and no values
 */
export async function openOtherDids(settingsFile: string | undefined, policy: Parameters<typeof outsideFetch>[0]): Promise<OtherDids> {
  const settings = settingsFile === undefined ? {} : await readSettings(settingsFile)
  const { cacheMs, web, bsn, ethr } = settings
  const drivers: DidDriver[] = [didKeyDriver(), didJwkDriver()]
  const fetch = outsideFetch(policy)
  if (web !== undefined) drivers.push(didWebDriver({ fetch }))
  const service = bsn === undefined ? undefined : await openBsn(bsn, fetch)
  if (service !== undefined) drivers.push(didBsnDriver(service))
  if (ethr !== undefined) drivers.push(didEthrDriver(await openEthr(ethr)))
  const resolver = new DidResolver({ drivers, ...(cacheMs === undefined ? {} : { maxAgeMs: cacheMs }) })
  return { resolver, bsn: service === undefined ? undefined : { service, accepted: bsn?.accepted ?? [] } }
}

async function openBsn(
  { url, projectId, tokenFile }: NonNullable<OtherDidSettings['bsn']>,
  fetch: typeof globalThis.fetch,
): Promise<BsnDidService> {
  return new BsnDidService({ url: url.replace(/\/+$/, ''), projectId, token: await readSecret(tokenFile), fetch })
}

/** Nodes are the operator's own choice, and may be on its network. Ethereum's codecs are loaded only for this. */
async function openEthr(chains: Readonly<Record<string, EthrSettings>>): Promise<Readonly<Record<string, EthrRegistry>>> {
  const { ethrRegistry } = await import('@hufu/chains/evm')
  const opened = Object.entries(chains).map(async ([name, { nodes, registry, agreeing, ...chain }]) => {
    const asked = nodes.map(async ({ url, keyFile }) => ({
      url,
      ...(keyFile === undefined ? {} : { headers: { 'x-api-key': await readSecret(keyFile) } }),
    }))
    if ((agreeing ?? 1) > nodes.length)
      throw new ServiceError('ERR_SERVICE_CONFIG', `OTHER_DIDS_FILE: /ethr/${name}/agreeing: expected no more than there are nodes`)
    const options = { ...chain, registry: registry as `0x${string}`, nodes: await Promise.all(asked) }
    return [name, ethrRegistry(agreeing === undefined ? options : { ...options, agreeing })] as const
  })
  return Object.fromEntries(await Promise.all(opened))
}

async function readSecret(file: string): Promise<string> {
  return (await readConfiguredFile('OTHER_DIDS_FILE', file)).trim()
}

async function readSettings(file: string): Promise<OtherDidSettings> {
  const text = await readConfiguredFile('OTHER_DIDS_FILE', file)
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new ServiceError('ERR_SERVICE_CONFIG', 'OTHER_DIDS_FILE: expected JSON', { cause })
  }
  if (Value.Check(settingsSchema, value)) return value as OtherDidSettings
  const lines = [...Value.Errors(settingsSchema, value)]
    .slice(0, 10)
    .map(({ instancePath, message }) => `${instancePath || '/'}: ${message}`)
  throw new ServiceError('ERR_SERVICE_CONFIG', `OTHER_DIDS_FILE: ${lines.join('; ')}`)
}
