import { type AssurancePolicy, type NetworkId, parseNetworkId } from '@hufu/chains'
import { type PublicKey, publicKeyFromMultikey } from '@hufu/keys'
import { errorCode, parseJson } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'
import type { Texts } from '@hufu/trust'
import Type from 'typebox'
import { Value } from 'typebox/value'
import { policySchema } from '../api/assurance-schemas.ts'
import { closed } from '../api/closed.ts'
import { type ChainSettings, chainSettingsSchema, type TrustSettings, trustSettingsSchema } from './chain-settings.ts'

/** A network of which the gateway speaks. */
export interface NetworkSettings {
  readonly id: NetworkId
  readonly name: Texts
  /** How it is reached; a network without it is a counterpart's. */
  readonly chain?: ChainSettings
  /** A counterpart's network: what is taken on trust of it, to check what is said of it. Without it no views of it are asked for. */
  readonly trust?: TrustSettings
}

/** Another gateway that this one talks to. */
export interface CounterpartSettings {
  readonly did: string
  readonly name: Texts
  /** Where its gateway is. */
  readonly url: string
  /** Networks that it speaks for. */
  readonly networks: readonly NetworkId[]
  /** DID URL of the key that it signs with, to us. */
  readonly keyId: string
  /** That key. Where the allow-list is on the ledger, the one there counts. */
  readonly publicKey?: PublicKey
  /** File of the key that this gateway signs with, to it alone. */
  readonly keyFile: string
}

/** What counterparts may see. */
export interface ViewSettings {
  readonly network: NetworkId
  readonly contract: string
  /** Parts of the path; `*` stands for any one part. */
  readonly path: readonly string[]
  readonly minAssurance: AssurancePolicy
  /** Only these counterparts; default: all. */
  readonly counterparts?: readonly string[]
}

/** Content of `GATEWAY_FILE`. */
export interface GatewaySettings {
  /** This gateway's own DID. */
  readonly did: string
  readonly name: Texts
  readonly networks: readonly NetworkSettings[]
  readonly counterparts: readonly CounterpartSettings[]
  readonly views: readonly ViewSettings[]
  /** How long a title may be locked by a transfer; default 3,600,000. */
  readonly lockForMs: number
}

const didSchema = Type.String({ pattern: '^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200}$', maxLength: 256 })
const networkSchema = Type.String({ minLength: 4, maxLength: 300 })
const textSchema = Type.String({ minLength: 1, maxLength: 200 })
const nameSchema = closed({ 'zh-CN': textSchema, en: textSchema })
const settingsSchema = closed({
  did: didSchema,
  name: nameSchema,
  networks: Type.Array(
    closed({ id: networkSchema, name: nameSchema, chain: Type.Optional(chainSettingsSchema), trust: Type.Optional(trustSettingsSchema) }),
    {
      minItems: 1,
      maxItems: 100,
    },
  ),
  counterparts: Type.Array(
    closed({
      did: didSchema,
      name: nameSchema,
      url: Type.String({ pattern: '^https?://[^#\\s]+$', maxLength: 2048 }),
      networks: Type.Array(networkSchema, { minItems: 1, maxItems: 100 }),
      keyId: Type.String({ pattern: '^did:[^#\\s]+#\\S+$', maxLength: 320 }),
      publicKey: Type.Optional(Type.String({ maxLength: 100, description: 'Multikey of P-256' })),
      keyFile: Type.String({ minLength: 1, maxLength: 4096 }),
    }),
    { maxItems: 1000 },
  ),
  views: Type.Optional(
    Type.Array(
      closed({
        network: networkSchema,
        contract: Type.String({ minLength: 1, maxLength: 256 }),
        path: Type.Array(Type.String({ minLength: 1, maxLength: 1024 }), { minItems: 1, maxItems: 16 }),
        minAssurance: policySchema,
        counterparts: Type.Optional(Type.Array(didSchema, { minItems: 1, maxItems: 1000 })),
      }),
      { maxItems: 1000 },
    ),
  ),
  lockForMs: Type.Optional(Type.Integer({ minimum: 1_000, maximum: 2_592_000_000 })),
})

/** Reads the content of `GATEWAY_FILE`. @throws ServiceError `ERR_SERVICE_CONFIG`: says where it is wrong, and no values */
export function parseGatewaySettings(text: string): GatewaySettings {
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    throw new ServiceError('ERR_SERVICE_CONFIG', 'GATEWAY_FILE: expected JSON', { cause })
  }
  if (!Value.Check(settingsSchema, value)) {
    const errors = [...Value.Errors(settingsSchema, value)].slice(0, 10)
    throw wrong(errors.map(({ instancePath, message }) => `${instancePath || '/'}: ${message}`))
  }
  const { networks, counterparts, views = [], lockForMs = 3_600_000, ...self } = value
  const problems: string[] = []
  const settings: GatewaySettings = {
    ...self,
    lockForMs,
    networks: networks.map(({ chain, trust, ...network }, index) => ({
      ...network,
      id: parsed(problems, `/networks/${index}/id`, () => parseNetworkId(network.id)),
      ...(chain === undefined ? {} : { chain: chain as ChainSettings }),
      ...(trust === undefined ? {} : { trust: trust as TrustSettings }),
    })),
    counterparts: counterparts.map(({ publicKey, ...counterpart }, index) => ({
      ...counterpart,
      url: counterpart.url.replace(/\/+$/, ''),
      // Each is one of the networks above, or is refused below.
      networks: counterpart.networks.map(network => network as NetworkId),
      ...(publicKey === undefined
        ? {}
        : { publicKey: parsed(problems, `/counterparts/${index}/publicKey`, () => publicKeyFromMultikey(publicKey)) }),
    })),
    views: views.map(({ counterparts: only, ...view }) => ({
      ...view,
      network: view.network as NetworkId,
      ...(only === undefined ? {} : { counterparts: only }),
    })),
  }
  problems.push(...problemsOf(settings))
  if (problems.length > 0) throw wrong(problems)
  return settings
}

function parsed<Result>(problems: string[], at: string, parse: () => Result): Result {
  try {
    return parse()
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    problems.push(`${at}: ${(error as Error).message}`)
    // Whoever reads it does not come so far: the problems are thrown.
    return undefined as Result
  }
}

function problemsOf({ did, networks, counterparts, views }: GatewaySettings): readonly string[] {
  const known = new Map(networks.map(network => [network.id, network]))
  const problems: string[] = []
  if (known.size < networks.length) problems.push('/networks: expected different ids')
  networks.forEach(({ chain, trust }, index) => {
    if (chain !== undefined && trust !== undefined)
      problems.push(`/networks/${index}: expected chain or trust, for a chain says what is trusted`)
  })
  const others = counterparts.map(counterpart => counterpart.did)
  if (new Set([did, ...others]).size < others.length + 1) problems.push('/counterparts: expected different DIDs, and not our own')
  if (new Set(counterparts.map(({ keyFile }) => keyFile)).size < counterparts.length)
    problems.push('/counterparts: expected a keyFile of its own for each')
  counterparts.forEach((counterpart, index) => {
    if (!counterpart.keyId.startsWith(`${counterpart.did}#`)) problems.push(`/counterparts/${index}/keyId: expected one of its DID`)
    if (counterpart.publicKey !== undefined && counterpart.publicKey.algorithm !== 'P-256')
      problems.push(`/counterparts/${index}/publicKey: expected a key of P-256`)
    if (!counterpart.networks.every(id => known.has(id))) problems.push(`/counterparts/${index}/networks: expected some of /networks`)
  })
  views.forEach((view, index) => {
    if (known.get(view.network)?.chain === undefined) problems.push(`/views/${index}/network: expected one of /networks that has a chain`)
    if (view.counterparts !== undefined && !view.counterparts.every(each => others.includes(each)))
      problems.push(`/views/${index}/counterparts: expected some of /counterparts`)
  })
  return problems
}

function wrong(problems: readonly string[]): ServiceError {
  return new ServiceError('ERR_SERVICE_CONFIG', `GATEWAY_FILE: ${problems.join('; ')}`)
}
