import {
  DidError,
  type DidProver,
  type DidResolver,
  type DidSource,
  dereference,
  dereferenceOther,
  internalProblem,
  problemOfError,
  type ResolutionResult,
  resolve,
  resolveOther,
  resolveWithProof,
} from '@hufu/did'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ResolverRequest, readResolverRequest } from './read-resolver-request.ts'
import { answerDereferencing, answerProblem, answerResolution, type ResolverAnswer } from './resolver-answer.ts'
import { formatFor, refusalMediaTypes } from './resolver-format.ts'

/** What the resolver answers from. */
export interface ResolverOptions {
  readonly source: DidSource
  /** Brings the source up to the latest block that a node has, for callers who say `noCache=true`. */
  readonly refresh?: () => Promise<void>
  /** Proves answers to callers who say `proof=true`. */
  readonly prover?: DidProver
  /** Resolves DIDs of other methods; without it there are none. */
  readonly others?: DidResolver | undefined
}

const prefix = '/1.0/identifiers/'
const refusal = {
  description: 'No document, and in didResolutionMetadata or dereferencingMetadata why',
  content: Object.fromEntries(refusalMediaTypes.map(type => [type, { schema: { type: 'object', additionalProperties: true } }])),
}

/**
 * A DID resolver and DID URL dereferencer over HTTP: the GET binding of DID Resolution, which is also what the DIF Universal
 * Resolver asks of its drivers.
 *
 * @see https://www.w3.org/TR/did-resolution/#bindings-https
 */
export function resolverRoutes(server: FastifyInstance, options: ResolverOptions): void {
  const schema = {
    summary: 'Resolves a DID, or dereferences a DID URL; what follows the prefix is the DID or DID URL, with its parameters as the query',
    tags: ['DIDs'],
    params: { type: 'object', properties: { '*': { type: 'string' } } },
    response: { '4xx': refusal, 501: { ...refusal, description: 'A DID of a method that this server does not know' } },
  }
  server.get(`${prefix}*`, { config: { access: 'public', cors: true }, schema }, async (request, reply) =>
    send(reply, await answer(request, options)),
  )
}

async function answer(request: FastifyRequest, from: ResolverOptions): Promise<ResolverAnswer> {
  let asked: ResolverRequest | undefined
  try {
    asked = readResolverRequest(request.raw.url ?? '', prefix, request.headers.accept)
    return await answerRequest(asked, from)
  } catch (error) {
    const problem = problemOfError(error)
    if (problem === undefined) request.log.error({ err: error }, 'resolver could not answer')
    const isDidUrl = asked?.isDidUrl ?? false
    return answerProblem(problem ?? internalProblem, formatFor(asked?.accept, isDidUrl), isDidUrl)
  }
}

async function answerRequest({ identifier, isDidUrl, options, accept }: ResolverRequest, from: ResolverOptions): Promise<ResolverAnswer> {
  const format = formatFor(accept, isDidUrl)
  if (format === undefined) throw new DidError('ERR_DID_REPRESENTATION', 'Accept: expected a media type of this resolver')
  const wanted = format.accept === undefined ? options : new Map([...options, ['accept', format.accept]])
  if (options.get('noCache') === 'true') await from.refresh?.()
  if (format.envelope === 'resolution' || (format.envelope === 'none' && !isDidUrl)) {
    return answerResolution(await resolveFrom(from, identifier, wanted), format, identifier)
  }
  const others = otherResolver(from, identifier)
  return answerDereferencing(
    await (others === undefined ? dereference(from.source, identifier, wanted) : dereferenceOther(others, identifier, wanted)),
    format,
  )
}

/** The resolver for the DID of another method; undefined for our own, and for those that are not set up, which our own refuses. */
function otherResolver({ others }: ResolverOptions, identifier: string): DidResolver | undefined {
  return others?.methods.some(method => identifier.startsWith(`did:${method}:`)) === true ? others : undefined
}

function resolveFrom(from: ResolverOptions, did: string, options: ReadonlyMap<string, string>): Promise<ResolutionResult> {
  const { source, prover } = from
  const others = otherResolver(from, did)
  if (others !== undefined) return resolveOther(others, did, options)
  if (prover === undefined || options.get('proof') !== 'true') return resolve(source, did, options)
  return resolveWithProof(prover, did, new Map([...options].filter(([name]) => name !== 'proof')))
}

function send(reply: FastifyReply, { status, contentType, location, body }: ResolverAnswer): FastifyReply {
  // Bytes, because Fastify appends a charset to text, and these media types have no such parameter.
  reply.code(status).header('vary', 'accept').header('cache-control', 'no-cache')
  if (contentType !== undefined) reply.header('content-type', contentType)
  if (location !== undefined) reply.header('location', location)
  return reply.send(body === '' ? undefined : Buffer.from(body))
}
