import { accountOfDid, type Did, didOf, networkOfDid, parseDid } from '@hufu/did'
import { bytesToHex, errorCode } from '@hufu/primitives'
import { type EpochRoots, encodeBucket, type TreeKey, type TreeReader, type TreeRoot } from '@hufu/proofs'
import { ServiceError } from '@hufu/service'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** What the routes answer from. */
export interface TreeRouteOptions {
  /** Name of the network: issuers are DIDs on it. */
  readonly network: string
  readonly trees: TreeReader
}

interface TreeParams {
  readonly issuer: string
  readonly type: string
}

const maxIndex = 2 ** 32 - 1
const rootsAtOnce = 1_000
const pastEpochCaching = 'public, max-age=3600'

const treeParams = { issuer: { type: 'string', maxLength: 128 }, type: { type: 'string', minLength: 1, maxLength: 32 } }
const number = (minimum: number, maximum = maxIndex) => ({ type: 'integer', minimum, maximum })

/**
 * Gives out credential trees: roots, what counts in an epoch, and buckets of 4,096 leaves. Nobody is asked who they are, and a bucket does not say which leaf is
 * meant. Whoever asks checks the answers: a bucket against its root, a root on the ledger.
 */
export function treeRoutes(server: FastifyInstance, { network, trees }: TreeRouteOptions): void {
  server.get<{ Params: TreeParams; Querystring: { from: number; limit: number } }>(
    '/trees/:issuer/:type/roots',
    {
      config: { access: 'public', cors: true },
      schema: {
        summary: 'Roots of an issuer’s tree of a type',
        tags: ['Credential trees'],
        params: { type: 'object', properties: treeParams },
        querystring: {
          type: 'object',
          properties: { from: { ...number(1), default: 1 }, limit: { ...number(1, rootsAtOnce), default: rootsAtOnce } },
          additionalProperties: false,
        },
      },
    },
    async ({ params, query }, reply) => {
      const key = keyOf(params, network)
      const latest = present(await trees.latestRoot(key), 'tree')
      const roots = await trees.roots(key, query)
      return shared(reply, 'no-cache').send({
        issuer: params.issuer,
        credentialType: params.type,
        latest: rootToJson(latest),
        roots: roots.map(rootToJson),
      })
    },
  )

  server.get<{ Params: TreeParams & { bucket: number }; Querystring: { root: number } }>(
    '/trees/:issuer/:type/buckets/:bucket',
    {
      config: { access: 'public', cors: true },
      schema: {
        summary: '4,096 leaves of a tree, as a root left it',
        tags: ['Credential trees'],
        params: { type: 'object', properties: { ...treeParams, bucket: number(0, 2 ** 20 - 1) } },
        querystring: { type: 'object', properties: { root: number(1) }, required: ['root'], additionalProperties: false },
      },
    },
    async ({ params, query }, reply) => {
      const bucket = await trees.bucket(keyOf(params, network), params.bucket, query.root).catch(nullIfNoBucket)
      const bytes = encodeBucket(present(bucket, 'bucket of this root, or no longer'))
      // The tree as a root left it never changes.
      return shared(reply, 'public, max-age=31536000, immutable').type('application/octet-stream').send(Buffer.from(bytes))
    },
  )

  server.get<{ Params: { epoch: string }; Querystring: { type: string } }>(
    '/epochs/:epoch',
    {
      config: { access: 'public', cors: true },
      schema: {
        summary: 'What counts in an epoch: the roots of all issuers of a type',
        tags: ['Credential trees'],
        params: { type: 'object', properties: { epoch: { type: 'string', pattern: '^(latest|0|[1-9][0-9]{0,14})$' } } },
        querystring: { type: 'object', properties: { type: treeParams.type }, required: ['type'], additionalProperties: false },
      },
    },
    async ({ params, query }, reply) => {
      const epoch = params.epoch === 'latest' ? 'latest' : Number(params.epoch)
      const roots = present(await trees.epochRoots(query.type, epoch), 'epoch, or no longer')
      return shared(reply, epoch === 'latest' ? 'no-cache' : pastEpochCaching).send(epochToJson(roots, network))
    },
  )

  server.get<{ Params: { height: number }; Querystring: { type: string } }>(
    '/epochs/at/:height',
    {
      config: { access: 'public', cors: true },
      schema: {
        summary: 'What counts in the epoch that begins at a block',
        tags: ['Credential trees'],
        params: { type: 'object', properties: { height: number(0) } },
        querystring: { type: 'object', properties: { type: treeParams.type }, required: ['type'], additionalProperties: false },
      },
    },
    async ({ params: { height }, query }, reply) => {
      const roots = present(await trees.epochRoots(query.type, { height }), 'epoch, or no longer')
      return shared(reply, pastEpochCaching).send(epochToJson(roots, network))
    },
  )
}

/** @throws ServiceError `ERR_SERVICE_REQUEST`: no DID; `ERR_SERVICE_NOT_FOUND`: of another network */
function keyOf({ issuer, type }: TreeParams, network: string): TreeKey {
  let did: Did
  try {
    did = parseDid(issuer)
  } catch (cause) {
    throw new ServiceError('ERR_SERVICE_REQUEST', 'issuer: expected a DID', { cause })
  }
  if (networkOfDid(did) !== network) throw new ServiceError('ERR_SERVICE_NOT_FOUND', 'there is no such tree on this network')
  return { issuer: accountOfDid(did), typeId: type }
}

function present<T>(found: T | null, what: string): T {
  if (found === null) throw new ServiceError('ERR_SERVICE_NOT_FOUND', `there is no such ${what}`)
  return found
}

function nullIfNoBucket(error: unknown): null {
  if (errorCode(error) === 'ERR_PROOF_TREE') return null
  throw error
}

function shared(reply: FastifyReply, caching: string): FastifyReply {
  return reply.header('cache-control', caching)
}

function rootToJson({ rootIndex, size, root, timeMs, blockIndex, fault }: TreeRoot) {
  const plain = { rootIndex, size, root: bytesToHex(root), timeMs, blockIndex }
  return fault === undefined ? plain : { ...plain, fault: { reason: fault.reason, expected: bytesToHex(fault.expected) } }
}

function epochToJson({ typeId, epoch, height, timeMs, lists }: EpochRoots, network: string) {
  return {
    epoch,
    height,
    timeMs,
    lists: lists.map(entries => ({
      list: {
        credentialType: typeId,
        height,
        issuers: entries.map(({ issuer, root }) => ({ issuer: didOf(network, issuer), rootIndex: root.rootIndex })),
      },
      roots: entries.map(({ root }) => rootToJson(root)),
    })),
  }
}
