import { readFile } from 'node:fs/promises'
import { parseJson } from '@hufu/primitives'
import { ServiceError } from '@hufu/service'
import type { Texts } from '@hufu/trust'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const name = Type.Object({ 'zh-CN': Type.String({ minLength: 1 }), en: Type.String({ minLength: 1 }) }, { additionalProperties: false })
const address = Type.String({ pattern: '^https?://[^#\\s]+$' })
const claimName = '^[a-z][a-z0-9_]*$'

const levelSchema = Type.Object(
  {
    acr: Type.String({ minLength: 1, pattern: '^\\S+$', description: 'Value of acr.' }),
    query: Type.String({ minLength: 1, description: 'Registered query that brings people to this level.' }),
    claims: Type.Optional(
      Type.Record(Type.String({ pattern: claimName }), Type.Array(Type.String({ minLength: 1 }), { minItems: 1 }), {
        description: 'OpenID Connect claims by name, each the path of a disclosed claim.',
      }),
    ),
  },
  { additionalProperties: false },
)

const clientSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[\\x21-\\x7e]{1,100}$' }),
    name,
    secretSha256: Type.Optional(
      Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the secret, hex: the secret has 256 random bits.' }),
    ),
    jwks: Type.Optional(
      Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1 }) }, { additionalProperties: false }),
    ),
    redirectUris: Type.Array(address, { minItems: 1 }),
    postLogoutRedirectUris: Type.Optional(Type.Array(address)),
    backchannelLogoutUri: Type.Optional(address),
    pushedRequestsOnly: Type.Optional(Type.Boolean({ description: 'Authorization requests only by PAR.' })),
    dpopOnly: Type.Optional(Type.Boolean({ description: 'Access tokens only bound to a key.' })),
    refreshTokens: Type.Optional(Type.Boolean({ description: 'Refresh tokens, for the life of the session.' })),
    sector: Type.Optional(
      Type.String({ minLength: 1, description: 'Clients of one sector get the same sub; default: host of the first redirect URI.' }),
    ),
    acr: Type.Optional(Type.String({ description: 'Least level; default: the lowest.' })),
    levels: Type.Optional(Type.Array(levelSchema, { minItems: 1, description: 'Levels of this client, in place of the general ones.' })),
  },
  { additionalProperties: false },
)

const settingsSchema = Type.Object(
  {
    levels: Type.Array(levelSchema, { minItems: 1, description: 'Levels of sign-in, the lowest first.' }),
    collect: Type.Optional(
      Type.Object(
        { query: Type.String({ minLength: 1, description: 'What wallets show that collect a credential without an offer’s code.' }) },
        { additionalProperties: false },
      ),
    ),
    clients: Type.Array(clientSchema),
  },
  { additionalProperties: false },
)

/** A level of sign-in: what people show to reach it, and which claims of it clients get. */
export interface SignInLevel {
  readonly acr: string
  readonly query: string
  readonly claims?: Readonly<Record<string, readonly string[]>>
}

/** One of the institution's own systems. */
export interface SignInClient {
  readonly id: string
  readonly name: Texts
  readonly secretSha256?: string
  readonly jwks?: { readonly keys: readonly Readonly<Record<string, unknown>>[] }
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris?: readonly string[]
  readonly backchannelLogoutUri?: string
  readonly pushedRequestsOnly?: boolean
  readonly dpopOnly?: boolean
  readonly refreshTokens?: boolean
  readonly sector?: string
  readonly acr?: string
  readonly levels?: readonly SignInLevel[]
}

/** How people are signed in, and to what: the content of `OIDC_CLIENTS_FILE`. */
export interface SignInSettings {
  readonly levels: readonly SignInLevel[]
  readonly collect?: { readonly query: string }
  readonly clients: readonly SignInClient[]
}

export const walletClientId = 'hufu-wallet'

/** Reads `OIDC_CLIENTS_FILE`. @throws ServiceError `ERR_SERVICE_CONFIG`: missing, or not as described; says where, and no values */
export async function readSignInSettings(file: string): Promise<SignInSettings> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new ServiceError('ERR_SERVICE_CONFIG', 'OIDC_CLIENTS_FILE: expected a file that can be read', { cause })
  }
  let value: unknown
  try {
    value = parseJson(text)
  } catch (cause) {
    throw new ServiceError('ERR_SERVICE_CONFIG', 'OIDC_CLIENTS_FILE: expected JSON', { cause })
  }
  return parseSignInSettings(value)
}

/** @throws ServiceError `ERR_SERVICE_CONFIG` */
export function parseSignInSettings(value: unknown): SignInSettings {
  if (!Value.Check(settingsSchema, value)) {
    const lines = [...Value.Errors(settingsSchema, value)]
      .slice(0, 10)
      .map(({ instancePath, message }) => `${instancePath || '/'}: ${message}`)
    throw new ServiceError('ERR_SERVICE_CONFIG', `OIDC_CLIENTS_FILE: ${lines.join('; ')}`)
  }
  const settings = value as unknown as SignInSettings
  const problems = problemsOf(settings)
  if (problems.length > 0) throw new ServiceError('ERR_SERVICE_CONFIG', `OIDC_CLIENTS_FILE: ${problems.join('; ')}`)
  return settings
}

function problemsOf({ levels, clients }: SignInSettings): readonly string[] {
  const problems: string[] = []
  const identifiers = clients.map(({ id }) => id)
  if (new Set([...identifiers, walletClientId]).size < identifiers.length + 1)
    problems.push('/clients: expected different ids, and none of the wallet')
  if (hasTwice(levels)) problems.push('/levels: expected different acr values')
  clients.forEach((client, index) => {
    const at = `/clients/${index}`
    if ((client.secretSha256 === undefined) === (client.jwks === undefined)) problems.push(`${at}: expected either secretSha256 or jwks`)
    const own = levelsOf({ levels, clients }, client)
    if (hasTwice(own)) problems.push(`${at}/levels: expected different acr values`)
    if (client.acr !== undefined && !own.some(({ acr }) => acr === client.acr)) problems.push(`${at}/acr: expected one of the levels`)
  })
  return problems
}

function hasTwice(levels: readonly SignInLevel[]): boolean {
  return new Set(levels.map(({ acr }) => acr)).size < levels.length
}

/** Levels of a client, the lowest first. */
export function levelsOf(settings: SignInSettings, client: SignInClient): readonly SignInLevel[] {
  return client.levels ?? settings.levels
}
