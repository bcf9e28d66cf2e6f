import type { DidMoment } from '@hufu/did'
import { didOf } from '@hufu/did'
import type { NetworkDescriptor } from '@hufu/ledger'
import type { Clock } from '@hufu/primitives'
import type { Trees } from '@hufu/service'
import type { Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static, type TSchema } from 'typebox'
import { closed, oneOf } from '../api/closed.ts'
import { AskedTimeSchema, BlockIndexSchema, DidSchema, HashSchema, TrustNameSchema } from '../api/common-schemas.ts'
import * as schemas from '../api/explorer-schemas.ts'
import { GrantAnswerSchema, GrantKindSchema, RightAnswerSchema } from '../api/trust-schemas.ts'
import type { Evidence } from '../api-types.ts'
import type { ChainIndex } from '../chain-index/chain-index.ts'
import { ConsoleError } from '../errors.ts'
import type { EvidenceDesk } from '../evidence/evidence-desk.ts'
import type { RecordingReader } from '../evidence/recording-reader.ts'
import type { Blocks } from './blocks.ts'
import { Derivations } from './derive-shown.ts'
import type { RegistryLists } from './registry-lists.ts'
import { findMeanings } from './search.ts'
import { accountIn } from './subject.ts'

export interface ExplorerOptions {
  readonly network: NetworkDescriptor
  readonly desk: EvidenceDesk
  readonly blocks: Blocks
  readonly lists: RegistryLists
  readonly index: ChainIndex
  /** Rebuilt trees, which show false roots; without them none are known. */
  readonly trees?: Pick<Trees, 'alarms'> | undefined
  readonly clock: Clock
}

const tags = ['Explorer']
const VersionSchema = Type.Optional(Type.Integer({ minimum: 1, maximum: 0xffff_ffff }))
const DidQuery = closed({ time: Type.Optional(AskedTimeSchema), version: VersionSchema })
const GrantParams = closed({ kind: GrantKindSchema, did: DidSchema })
const GrantQuery = closed({ name: Type.Optional(TrustNameSchema), time: Type.Optional(AskedTimeSchema) })
const RightParams = closed({ kind: oneOf('issue', 'ask'), did: DidSchema, name: TrustNameSchema })
const TimeQuery = closed({ time: Type.Optional(AskedTimeSchema) })
const VersionQuery = closed({ version: VersionSchema })
const ListIdSchema = Type.String({ minLength: 1, maxLength: 64, pattern: '^[!-~]+$' })
const CircuitSchema = Type.String({ minLength: 1, maxLength: 32, pattern: '^[A-Za-z0-9._:-]+$' })
const BlockParams = closed({ block: Type.String({ pattern: '^([0-9]{1,10}|[0-9a-f]{64})$' }) })
const NotificationsQuery = closed({
  contract: Type.Optional(oneOf('identifiers', 'trust', 'status', 'proofs', 'council', 'gateway', 'titles')),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 32, pattern: '^[A-Za-z]+$' })),
  before: Type.Optional(Type.String({ pattern: '^[0-9]{1,10}-[0-9]{1,6}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
})
const BlocksQuery = closed({ before: Type.Optional(BlockIndexSchema), limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20 })) })

/**
 * The public explorer: whatever stands on the ledger, each answer with what proves it. Answers are derived from proven storage, not from a node's word; where
 * something cannot be proven, `told` names who says so.
 */
export function openExplorer(options: ExplorerOptions): Part {
  const { network, desk, blocks, lists, index, trees, clock } = options
  const derive = new Derivations(network)
  const accountOf = (did: string) => accountIn(network.name, did)

  async function answer<Kind extends string, Shown>(
    kind: Kind,
    derivation: (reader: RecordingReader) => Promise<Shown>,
  ): Promise<{ readonly kind: Kind; readonly shown: Shown; readonly evidence: Evidence }> {
    const { value, evidence } = await desk.derive(derivation)
    return { kind, shown: value, evidence }
  }

  return {
    name: 'explorer',
    routes(server: FastifyInstance) {
      const get = <Params, Query>(
        url: string,
        schema: { readonly summary: string; readonly params?: TSchema; readonly querystring?: TSchema; readonly response: TSchema },
        handle: (request: { readonly params: Params; readonly query: Query }) => Promise<unknown>,
      ): void => {
        const { response, ...rest } = schema
        server.get<{ Params: Params; Querystring: Query }>(
          `/v1/explorer/${url}`,
          { config: { access: 'public', cors: true }, schema: { tags, ...rest, response: { 200: response } } },
          async request => handle({ params: request.params as Params, query: request.query as Query }),
        )
      }

      const SearchQuery = closed({ q: Type.String({ minLength: 1, maxLength: 128 }) })
      get<unknown, Static<typeof SearchQuery>>(
        'search',
        { summary: 'What a text may be: number, hash, DID or name', querystring: SearchQuery, response: schemas.SearchSchema },
        async ({ query }) => ({ found: findMeanings(query.q) }),
      )

      get<unknown, Static<typeof BlocksQuery>>(
        'blocks',
        { summary: 'Blocks before a number, the newest first', querystring: BlocksQuery, response: schemas.BlockListSchema },
        async ({ query: { before, limit = 20 } }) => blocks.list({ before, limit }),
      )
      get<Static<typeof BlockParams>, unknown>(
        'blocks/:block',
        { summary: 'A block by its number or hash', params: BlockParams, response: schemas.BlockAnswerSchema },
        async ({ params: { block } }) => {
          if (block.length === 64) return blocks.block(block)
          const number = Number(block)
          if (number > 0xffff_ffff) throw new ConsoleError('ERR_CONSOLE_REQUEST', 'block: expected a number of 32 bits')
          return blocks.block(number)
        },
      )
      const HashParams = closed({ hash: HashSchema })
      get<Static<typeof HashParams>, unknown>(
        'transactions/:hash',
        { summary: 'A transaction that is in a block', params: HashParams, response: schemas.TransactionAnswerSchema },
        async ({ params }) => blocks.transaction(params.hash),
      )
      get<unknown, Static<typeof NotificationsQuery>>(
        'notifications',
        {
          summary: 'What the contracts told, the newest first; no header holds it, so it is the nodes’ word',
          querystring: NotificationsQuery,
          response: schemas.NotificationListSchema,
        },
        async ({ query: { contract, name, before, limit = 50 } }) => {
          const [blockIndex, position] = (before ?? '').split('-').map(Number)
          const found = await index.notifications({
            ...{ contract, name, limit: limit + 1 },
            before: before === undefined ? undefined : { blockIndex: Math.min(blockIndex!, 0x7fff_ffff), index: position! },
          })
          const notifications = found.slice(0, limit)
          const last = notifications.at(-1)
          const next = found.length > limit && last !== undefined ? `${last.blockIndex}-${last.index}` : null
          return { notifications: [...notifications], next, indexedThrough: index.height }
        },
      )

      const DidParams = closed({ did: DidSchema })
      get<Static<typeof DidParams>, Static<typeof DidQuery>>(
        'dids/:did',
        { summary: 'A DID now, at a time, or at a version', params: DidParams, querystring: DidQuery, response: schemas.DidAnswerSchema },
        async ({ params, query: { time, version } }) => {
          if (time !== undefined && version !== undefined) throw new ConsoleError('ERR_CONSOLE_REQUEST', 'expected one of time and version')
          const moment: DidMoment = time !== undefined ? { timeMs: time } : version !== undefined ? { version } : 'latest'
          const account = accountOf(params.did)
          return answer('did', reader => derive.did(reader, account, moment))
        },
      )

      get<Static<typeof GrantParams>, Static<typeof GrantQuery>>(
        'grants/:kind/:did',
        {
          summary: 'An authority, an institution, or a right by itself, at a time; default: now',
          params: GrantParams,
          querystring: GrantQuery,
          response: GrantAnswerSchema,
        },
        async ({ params: { kind, did }, query: { name = '', time = clock.nowMs() } }) => {
          const isNamed = kind === 'issue' || kind === 'ask'
          if (isNamed !== (name !== '')) throw new ConsoleError('ERR_CONSOLE_REQUEST', 'name: expected with the kinds issue and ask alone')
          const account = accountOf(did)
          return answer('grant', reader => derive.grant(reader, kind, account, name, time))
        },
      )
      get<Static<typeof RightParams>, Static<typeof TimeQuery>>(
        'rights/:kind/:did/:name',
        {
          summary: 'Might an institution issue a type, or ask a query, at a time? With the institution and its authority; default: now',
          params: RightParams,
          querystring: TimeQuery,
          response: RightAnswerSchema,
        },
        async ({ params: { kind, did, name }, query: { time = clock.nowMs() } }) => {
          const account = accountOf(did)
          return answer('right', reader => derive.right(reader, kind, account, name, time))
        },
      )

      get(
        'credential-types',
        { summary: 'Credential types, each at its latest version', response: schemas.CredentialTypeListSchema },
        async () => ({ types: await lists.credentialTypes(), indexedThrough: index.height }),
      )
      const TypeParams = closed({ type: TrustNameSchema })
      get<Static<typeof TypeParams>, Static<typeof VersionQuery>>(
        'credential-types/:type',
        {
          summary: 'A credential type, at a version; default: the latest',
          params: TypeParams,
          querystring: VersionQuery,
          response: schemas.CredentialTypeAnswerSchema,
        },
        async ({ params, query: { version } }) =>
          answer('credentialType', reader => derive.credentialType(reader, params.type, version ?? 'latest')),
      )

      const OptionalDidQuery = closed({ did: Type.Optional(DidSchema) })
      get<unknown, Static<typeof OptionalDidQuery>>(
        'queries',
        { summary: 'Registered queries, of one institution or all', querystring: OptionalDidQuery, response: schemas.QueryListSchema },
        async ({ query: { did } }) => ({
          queries: await lists.queries(did === undefined ? undefined : accountOf(did)),
          indexedThrough: index.height,
        }),
      )
      const QueryParams = closed({ did: DidSchema, query: TrustNameSchema })
      get<Static<typeof QueryParams>, Static<typeof VersionQuery>>(
        'queries/:did/:query',
        {
          summary: 'A registered query, at a version; default: the latest',
          params: QueryParams,
          querystring: VersionQuery,
          response: schemas.QueryAnswerSchema,
        },
        async ({ params, query: { version } }) => {
          const account = accountOf(params.did)
          return answer('query', reader => derive.query(reader, account, params.query, version ?? 'latest'))
        },
      )

      get('trees', { summary: 'Credential trees at their latest roots', response: schemas.TreeListSchema }, async () => ({
        trees: [...(await lists.trees())],
        falseRoots: (trees?.alarms ?? []).map(({ issuer, typeId, rootIndex, blockIndex, reason }) => ({
          ...{ did: didOf(network.name, issuer), typeId, rootIndex, blockIndex, reason },
        })),
        indexedThrough: index.height,
      }))
      const TreeParams = closed({ did: DidSchema, type: TrustNameSchema })
      const RootQuery = closed({ root: VersionSchema })
      get<Static<typeof TreeParams>, Static<typeof RootQuery>>(
        'trees/:did/:type',
        {
          summary: 'A credential tree, as one of its roots left it; default: the latest',
          params: TreeParams,
          querystring: RootQuery,
          response: schemas.TreeAnswerSchema,
        },
        async ({ params, query: { root } }) => {
          const account = accountOf(params.did)
          return answer('tree', reader => derive.tree(reader, account, params.type, root ?? 'latest'))
        },
      )
      get<Static<typeof TreeParams>, unknown>(
        'trees/:did/:type/roots',
        { summary: 'Roots of a tree, the newest first; at most 500', params: TreeParams, response: schemas.TreeHistorySchema },
        async ({ params }) => ({ roots: [...(await lists.roots(accountOf(params.did), params.type))], indexedThrough: index.height }),
      )

      get<unknown, Static<typeof OptionalDidQuery>>(
        'anchors',
        {
          summary: 'Status lists and audit logs that are anchored, each at its latest; the newest first, at most 200',
          querystring: OptionalDidQuery,
          response: schemas.AnchorListSchema,
        },
        async ({ query: { did } }) => ({
          anchors: await lists.anchors(did === undefined ? undefined : accountOf(did)),
          indexedThrough: index.height,
        }),
      )
      const AnchorParams = closed({ did: DidSchema, list: ListIdSchema })
      const SequenceQuery = closed({ sequence: VersionSchema })
      get<Static<typeof AnchorParams>, Static<typeof SequenceQuery>>(
        'anchors/:did/:list',
        {
          summary: 'The anchor of a status list or audit log; default: the latest',
          params: AnchorParams,
          querystring: SequenceQuery,
          response: schemas.AnchorAnswerSchema,
        },
        async ({ params, query: { sequence } }) => {
          const account = accountOf(params.did)
          return answer('statusListAnchor', reader => derive.statusListAnchor(reader, account, params.list, sequence ?? 'latest'))
        },
      )

      get(
        'verifying-keys',
        { summary: 'Verifying keys of the circuits, each at its latest version', response: schemas.VerifyingKeyListSchema },
        async () => ({ keys: await lists.verifyingKeys(), indexedThrough: index.height }),
      )
      const CircuitParams = closed({ circuit: CircuitSchema })
      get<Static<typeof CircuitParams>, Static<typeof VersionQuery>>(
        'verifying-keys/:circuit',
        {
          summary: 'The verifying key of a circuit, at a version; default: the latest',
          params: CircuitParams,
          querystring: VersionQuery,
          response: schemas.VerifyingKeyAnswerSchema,
        },
        async ({ params, query: { version } }) =>
          answer('verifyingKey', reader => derive.verifyingKey(reader, params.circuit, version ?? 'latest')),
      )
    },
  }
}
