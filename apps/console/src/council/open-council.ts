import { type Council, readCouncil, readProposals } from '@hufu/council'
import { isSignatureValid } from '@hufu/keys'
import {
  joinSignatures,
  type LedgerClient,
  LedgerError,
  type NetworkDescriptor,
  readCallScript,
  readTransaction,
  transactionId,
  transactionMessage,
} from '@hufu/ledger'
import { base64ToBytes, type Clock, errorCode } from '@hufu/primitives'
import type { Database } from '@hufu/service'
import type { AuditLog, Part } from '@hufu/staff'
import type { FastifyInstance } from 'fastify'
import Type, { type Static } from 'typebox'
import { closed } from '../api/closed.ts'
import * as schemas from '../api/council-schemas.ts'
import type { PrepareRequest, Proposal } from '../api-types.ts'
import { ConsoleError } from '../errors.ts'
import type { EvidenceDesk } from '../evidence/evidence-desk.ts'
import { accountOfKey, prepareSeatCall } from './prepare-seat-call.ts'
import { deriveProposal } from './shown-proposal.ts'

export interface CouncilPartOptions {
  readonly network: NetworkDescriptor
  readonly client: Pick<LedgerClient, 'invokeRead' | 'invokeReadMany' | 'prepare' | 'sendSigned' | 'getBlockCount'>
  readonly desk: EvidenceDesk
  readonly database: Database
  readonly audit: AuditLog
  readonly clock: Clock
}

const tags = ['Council']
const IdParams = closed({ id: schemas.ProposalIdSchema })
const ListQuery = closed({
  before: Type.Optional(schemas.ProposalIdSchema),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 50 })),
})

/** What the council decides: for everybody to see, and for its members to prepare. The server has no key of any seat: members sign at their own side. */
export function openCouncil(options: CouncilPartOptions): Part {
  const { network, client, desk, database, audit, clock } = options
  const reader = { client, network }

  async function proposal(id: number, council: Council) {
    const context = { network, seats: council.seats, rules: council.rules, atMs: clock.nowMs() }
    const { value, evidence } = await desk.derive(source => deriveProposal(source, id, context))
    return { kind: 'proposal' as const, shown: value, evidence }
  }

  return {
    name: 'council',
    routes(server: FastifyInstance) {
      server.get(
        '/v1/council',
        {
          config: { access: 'public', cors: true },
          schema: { summary: 'Seats and rules of the council, by a node’s word', tags, response: { 200: schemas.CouncilSchema } },
        },
        async () => {
          const { seats, rules, isFounding, isStopped, stoppedUntilMs } = await readCouncil(reader)
          return {
            seats: seats.map(({ name, account, validator }) => ({ name, account, validatorKey: validator })),
            ...{ rules, isFounding, isStopped, stoppedUntilMs: stoppedUntilMs ?? 0 },
          }
        },
      )

      server.get<{ Querystring: Static<typeof ListQuery> }>(
        '/v1/explorer/proposals',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary: 'Proposals, the newest first; each can be looked at with its proof',
            tags,
            querystring: ListQuery,
            response: { 200: schemas.ProposalListSchema },
          },
        },
        async ({ query: { before, limit = 20 } }) => {
          const [council, found] = await Promise.all([
            readCouncil(reader),
            readProposals(reader, { most: limit, ...(before === undefined ? {} : { before }) }),
          ])
          const proposals = await Promise.all(found.map(async ({ id }) => (await proposal(id, council)).shown))
          return { proposals: proposals.filter(shown => shown !== null) }
        },
      )

      server.get<{ Params: Static<typeof IdParams> }>(
        '/v1/explorer/proposals/:id',
        {
          config: { access: 'public', cors: true },
          schema: {
            summary: 'A proposal: what it would do, and who said what',
            tags,
            params: IdParams,
            response: { 200: schemas.ProposalAnswerSchema },
          },
        },
        async ({ params: { id } }) => proposal(id, await readCouncil(reader)),
      )

      server.post<{ Body: PrepareRequest }>(
        '/v1/council/prepare',
        {
          config: { access: ['member'] },
          schema: {
            summary: 'What a seat is to sign, unsigned, with what it does in words; refused if the contract would refuse it',
            tags,
            body: schemas.PrepareBody,
            response: { 200: schemas.PreparedSchema },
          },
        },
        async ({ body }) => {
          const council = await readCouncil(reader)
          const about = 'id' in body ? await existing(body, (await proposal(body.id, council)).shown) : undefined
          const context = { network, client, council, seats: council.seats, rules: council.rules, proposal: about }
          return prepareSeatCall(body, context)
        },
      )

      server.post<{ Body: Static<typeof schemas.SendBody> }>(
        '/v1/council/send',
        {
          config: { access: ['member'], recentSignIn: true },
          schema: {
            summary: 'Send what was prepared, once its signature is there',
            tags,
            body: schemas.SendBody,
            response: { 202: schemas.SentSchema },
          },
        },
        async (request, reply) => {
          const { transactionHash, method } = await send(request.body)
          await audit.append(database, {
            ...{ actor: `staff ${request.staff!.id}`, action: 'council call sent', subject: `transaction ${transactionHash}` },
            detail: { method },
          })
          return reply.code(202).send({ transactionHash })
        },
      )
    },
  }

  /** Sends nothing but one call of the council, signed by the one who makes it. */
  async function send({ transaction, signature, publicKey }: Static<typeof schemas.SendBody>) {
    const bytes = base64ToBytes(transaction)
    const account = accountOfKey(publicKey)
    const { signers, script, validUntilBlock } = readOrRefuse(() => readTransaction(bytes))
    const calls = readOrRefuse(() => readCallScript(script))
    if (calls.length !== 1 || calls[0]!.contract !== network.contracts.council.hash)
      throw new ConsoleError('ERR_CONSOLE_REQUEST', 'transaction: expected one call of the council')
    if (signers.length !== 1 || signers[0]!.account !== account.scriptHash)
      throw new ConsoleError('ERR_CONSOLE_SEAT', "publicKey: expected the key of the transaction's signer")
    const signed = base64ToBytes(signature)
    if (!(await isSignatureValid(account.publicKeys[0]!, transactionMessage(bytes, network.magic), signed)))
      throw new ConsoleError('ERR_CONSOLE_SEAT', 'signature: expected one of this transaction on this network')
    const whole = joinSignatures(bytes, account, new Map([[publicKey, signed]]))
    const write = await client.sendSigned(whole, { idempotencyKey: `console:${transactionId(bytes)}`, validUntilBlock })
    // Whoever sent it looks at the proposal for what came of it.
    write.inBlock().catch(() => undefined)
    return { transactionHash: write.transactionHash, method: calls[0]!.method }
  }
}

/** Nothing is prepared for a proposal that is not there, or says something else than the member has seen. */
function existing(body: Extract<PrepareRequest, { readonly id: number }>, found: Proposal | null): Proposal {
  if (found === null) throw new ConsoleError('ERR_CONSOLE_UNKNOWN', 'there is no such proposal')
  if (found.payloadHash !== body.payloadHash)
    throw new ConsoleError('ERR_CONSOLE_REQUEST', 'payloadHash: expected that of the proposal, as it was seen')
  return found
}

function readOrRefuse<Value>(read: () => Value): Value {
  try {
    return read()
  } catch (cause) {
    if (!(cause instanceof LedgerError) && errorCode(cause) === undefined) throw cause
    throw new ConsoleError('ERR_CONSOLE_REQUEST', 'transaction: expected one as it was prepared', { cause })
  }
}
