import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Access } from '../access/access.ts'
import { addTryPage } from './add-try-page.ts'
import { type DescribedOperation, problemComponents, withProblems } from './problem-responses.ts'

export interface OpenApiOptions {
  readonly publicUrl: string
  /** Of the server. */
  readonly version: string
}

const securitySchemesOf = (publicUrl: string) => ({
  system: { type: 'http', scheme: 'bearer', description: 'Token of the institution’s own systems' },
  wallet: {
    type: 'http',
    scheme: 'DPoP',
    description: 'Access token of a wallet, bound to its key (RFC 9449); or Bearer, where it was asked for so',
  },
  peer: {
    type: 'apiKey',
    in: 'header',
    name: 'hufu-message',
    description: 'A message of another institution: a JWS by its DID over method, path and hash of the body',
  },
  staff: { type: 'apiKey', in: 'cookie', name: cookieNameOf(publicUrl), description: 'Session of somebody of the staff' },
  csrf: {
    type: 'apiKey',
    in: 'header',
    name: 'x-hufu-csrf',
    description: 'The session’s token, with every request that changes something',
  },
})

/** As the staff's sessions name it. */
function cookieNameOf(publicUrl: string): string {
  const { protocol, port } = new URL(publicUrl)
  return protocol === 'https:' ? `__Host-hufu-staff-${port || 443}` : `hufu-staff-${port || 80}`
}

const methodsThatChange = ['POST', 'PUT', 'PATCH', 'DELETE']

/**
 * Describes the server in OpenAPI 3.1 out of the schemas of its routes: `GET /openapi.json`, and `GET /api`, a page to try them. Call it before any route that is
 * to be described is added. Who may call a route comes from its `config.access`, problem answers are added to each.
 */
export async function registerOpenApi(server: FastifyInstance, { publicUrl, version }: OpenApiOptions): Promise<void> {
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hufu institution node',
        version,
        description: 'Issues, verifies, signs people in, hands records over and resolves: whichever of it this institution does.',
      },
      servers: [{ url: publicUrl }],
      components: { securitySchemes: securitySchemesOf(publicUrl), ...problemComponents } as object,
    },
    transform: ({ schema, url, route }) => ({ schema: describe(schema, url, route), url }),
    transformObject: document => ('openapiObject' in document ? addProblems(document.openapiObject) : document.swaggerObject),
  })
  server.get(
    '/openapi.json',
    { config: { access: 'public', cors: true }, schema: { summary: 'This description', tags: ['Server'] } },
    async (_request, reply) => reply.type('application/json').header('cache-control', 'no-cache').send(JSON.stringify(server.swagger())),
  )
  addTryPage(server)
}

interface DescribedRoute {
  readonly method: string | readonly string[]
  readonly config?: { readonly access?: Access }
}

function describe(schema: FastifySchema | undefined, url: string, { method, config }: DescribedRoute): FastifySchema {
  const methods = [method].flat()
  const access = config?.access ?? 'public'
  return {
    operationId: operationIdOf(methods[0]!, url),
    tags: ['Server'],
    ...schema,
    security: securityOf(access, methods),
    'x-access': access,
  } as FastifySchema
}

function securityOf(access: Access, methods: readonly string[]): readonly { [name: string]: string[] }[] {
  if (access === 'public') return []
  if (typeof access === 'string') return [{ [access]: [] }]
  return methods.some(method => methodsThatChange.includes(method)) ? [{ staff: [], csrf: [] }] : [{ staff: [] }]
}

/** Such as `get_trees_issuer_type_roots`. */
function operationIdOf(method: string, url: string): string {
  return [method.toLowerCase(), ...url.split(/[^A-Za-z0-9]+/).filter(part => part !== '')].join('_')
}

const operationNames = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

function addProblems<Document extends { paths?: object }>(document: Document): Document {
  const paths = Object.entries((document.paths ?? {}) as { [path: string]: { [name: string]: DescribedOperation } }).map(([path, item]) => [
    path,
    Object.fromEntries(
      Object.entries(item).map(([name, operation]) => [
        name,
        operationNames.some(operationName => operationName === name) ? withProblems(operation) : operation,
      ]),
    ),
  ])
  return { ...document, paths: Object.fromEntries(paths) }
}
