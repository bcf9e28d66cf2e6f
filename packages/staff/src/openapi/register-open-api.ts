import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import type { Access } from '../access/access.ts'
import { addTryPage } from './add-try-page.ts'
import { type DescribedOperation, problemComponents, withProblems } from './problem-responses.ts'

export interface OpenApiOptions {
  readonly publicUrl: string
  /** What the server is, and what it does. */
  readonly title: string
  readonly description: string
  /** Of the server. */
  readonly version: string
  /** How callers who are no staff show who they are, by the names that routes' `access` gives. */
  readonly securitySchemes?: { readonly [access: string]: object }
}

const securitySchemesOf = (publicUrl: string) => ({
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
export async function registerOpenApi(server: FastifyInstance, options: OpenApiOptions): Promise<void> {
  const { publicUrl, version, title, description, securitySchemes = {} } = options
  await server.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        ...{ title, version, description },
      },
      servers: [{ url: publicUrl }],
      components: { securitySchemes: { ...securitySchemes, ...securitySchemesOf(publicUrl) }, ...problemComponents } as object,
    },
    transform: ({ schema, url, route }) => ({ schema: describe(schema, url, route), url }),
    transformObject: document => ('openapiObject' in document ? addProblems(document.openapiObject) : document.swaggerObject),
  })
  server.get(
    '/openapi.json',
    { config: { access: 'public', cors: true }, schema: { summary: 'This description', tags: ['Server'] } },
    async (_request, reply) => reply.type('application/json').header('cache-control', 'no-cache').send(JSON.stringify(server.swagger())),
  )
  addTryPage(server, title)
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
