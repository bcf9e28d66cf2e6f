import { randomUUID } from 'node:crypto'
import type { Json } from '@hufu/primitives'
import { asOneStatement } from '@hufu/service'
import { crashPoint } from '../parts/crash-point.ts'
import { type ConsentAsked, checkEnd } from './ask-consent.ts'
import { HandoverError } from './errors.ts'
import type { ConsentStanding } from './give-grant.ts'
import { verifyGrant } from './grant.ts'
import type { HandedRecord } from './hand-record-over.ts'
import { type HandoverContext, keepMessages } from './handover-context.ts'
import type { PeerAnswer } from './peer-client.ts'

/** What this institution asked another one for. */
export interface RequestStanding {
  readonly id: string
  readonly holder: string
  readonly record: string
  readonly endMs: number
  readonly status: ConsentStanding['status']
  readonly expiresAtMs: number
}

interface Row {
  readonly id: string
  readonly holder: string
  readonly remote_id: string
  readonly record: string
  readonly end_ms: number
  readonly status: ConsentStanding['status']
  readonly grant_jws: string | null
  readonly expires_at_ms: number
}

const paths = {
  requests: '/handover/peer/requests',
  grant: (id: string) => `/handover/peer/requests/${id}/grant`,
  records: '/handover/peer/records',
} as const

/**
 * Asks another institution for a record.
 *
 * @returns what the person is shown, to agree in their wallet
 * @throws HandoverError `ERR_HANDOVER_REQUEST`, `ERR_HANDOVER_PEER`, `ERR_HANDOVER_ANSWER`; ServiceError `ERR_SERVICE_ADDRESS`, `ERR_SERVICE_OUTSIDE`
 */
export async function askHolder(
  { institution, peers }: HandoverContext,
  options: { readonly holder: string; readonly record: string; readonly untilMs: number; readonly returnTo?: string | undefined },
): Promise<RequestStanding & { readonly qr: string; readonly walletUrl?: string }> {
  const { database, audit, clock, self } = institution
  const { holder, record, untilMs: endMs, returnTo } = options
  checkEnd(endMs, clock.nowMs())
  const body = { record, untilMs: endMs, receiverName: { ...self.name }, ...(returnTo === undefined ? {} : { returnTo }) }
  const answer = await peers.post(holder, paths.requests, body)
  crashPoint('hand-over holder answered')
  const asked = readAsked(answer)
  const id = randomUUID()
  await database.transaction(async queries => {
    await queries.query(
      `insert into handover_requests (id, holder, remote_id, record, end_ms, status, created_at_ms, expires_at_ms)
       values ($1, $2, $3, $4, $5, 'waiting', $6, $7)`,
      [id, holder, asked.id, record, endMs, clock.nowMs(), asked.expiresAtMs],
    )
    await keepMessages(queries, holder, paths.requests, answer, clock.nowMs())
    await audit.append(queries, {
      actor: 'system',
      action: 'record asked for',
      subject: `request ${id}`,
      detail: { holder, record, endMs, message: answer.sent.id },
    })
    crashPoint('hand-over request before commit')
  })
  const { qr, walletUrl, expiresAtMs } = asked
  return { id, holder, record, endMs, status: 'waiting', expiresAtMs, qr, ...(walletUrl === undefined ? {} : { walletUrl }) }
}

/**
 * How a request stands: while the person has not answered, the holder is asked.
 *
 * @throws HandoverError `ERR_HANDOVER_UNKNOWN`, `ERR_HANDOVER_GRANT`: the holder's grant is not for what was asked, `ERR_HANDOVER_ANSWER`
 */
export async function followRequest(context: HandoverContext, id: string, responseCode?: string): Promise<RequestStanding> {
  const row = await requireRow(context, id)
  if (row.status !== 'waiting') return standingOf(row)
  const { institution, peers } = context
  const { database, audit, clock, ledger, self } = institution
  const path = paths.grant(row.remote_id)
  const answer = await peers.post(row.holder, path, responseCode === undefined ? {} : { responseCode })
  const { status, grant } = readStanding(answer)
  const expected = { holder: row.holder, receiver: self.did, record: row.record, endMs: row.end_ms }
  if (grant !== undefined) await verifyGrant(grant, expected, ledger.lookups.resolveIssuerKey, clock.nowMs())
  await database.transaction(async queries => {
    await keepMessages(queries, row.holder, path, answer, clock.nowMs())
    if (status === 'waiting') return
    const changed = await queries.query(
      `update handover_requests set status = $2, grant_jws = $3 where id = $1 and status = 'waiting' returning id`,
      [id, status, grant ?? null],
    )
    if (changed.length > 0)
      await audit.append(queries, {
        actor: `peer ${row.holder}`,
        action: `hand-over ${status}`,
        subject: `request ${id}`,
        detail: { record: row.record, message: answer.received.id },
      })
    crashPoint('hand-over grant received before commit')
  })
  return { ...standingOf(row), status }
}

/**
 * Fetches the record of a request that was granted. What is written is one statement, after the holder's.
 *
 * @throws HandoverError `ERR_HANDOVER_UNKNOWN`; `ERR_HANDOVER_STATE`: not granted; `ERR_HANDOVER_GRANT`: it has ended; `ERR_HANDOVER_ANSWER`: the holder
 *   refused, as once it is revoked
 */
export async function fetchRecord(context: HandoverContext, id: string, responseCode?: string): Promise<HandedRecord> {
  let row = await requireRow(context, id)
  if (row.status === 'waiting') {
    await followRequest(context, id, responseCode)
    row = await requireRow(context, id)
  }
  if (row.status !== 'granted') throw new HandoverError('ERR_HANDOVER_STATE', `the request is ${row.status}, not granted`)
  const { institution, peers } = context
  const { database, audit, clock } = institution
  if (clock.nowMs() >= row.end_ms) throw new HandoverError('ERR_HANDOVER_GRANT', 'grant: has ended')
  const answer = await peers.post(row.holder, paths.records, { grant: row.grant_jws!, record: row.record })
  crashPoint('hand-over record received')
  const handed = readRecord(answer, row.record)
  await asOneStatement(database, async queries => {
    await keepMessages(queries, row.holder, paths.records, answer, clock.nowMs())
    await audit.append(queries, {
      actor: 'system',
      action: 'record fetched',
      subject: `request ${id}`,
      detail: { holder: row.holder, record: row.record, message: answer.sent.id, answer: answer.received.id },
    })
  })
  crashPoint('hand-over record kept')
  return handed
}

async function requireRow({ institution }: HandoverContext, id: string): Promise<Row> {
  const [row] = await institution.database.query<Row>('select * from handover_requests where id = $1', [id])
  if (row === undefined) throw new HandoverError('ERR_HANDOVER_UNKNOWN', 'there is no such request')
  return row
}

function standingOf({ id, holder, record, end_ms: endMs, status, expires_at_ms: expiresAtMs }: Row): RequestStanding {
  return { id, holder, record, endMs, status, expiresAtMs }
}

function readAsked({ body }: PeerAnswer): ConsentAsked {
  const { id, qr, walletUrl, expiresAtMs } = members(body)
  const isUuid = typeof id === 'string' && /^[0-9a-f-]{36}$/.test(id)
  if (!isUuid || typeof qr !== 'string' || typeof expiresAtMs !== 'number' || (walletUrl !== undefined && typeof walletUrl !== 'string'))
    throw malformed()
  return { id, qr, expiresAtMs, ...(walletUrl === undefined ? {} : { walletUrl }) }
}

function readStanding({ body }: PeerAnswer): ConsentStanding {
  const { status, grant } = members(body)
  const known = (['waiting', 'granted', 'refused', 'expired'] as const).find(one => one === status)
  if (known === undefined || (known === 'granted') !== (typeof grant === 'string')) throw malformed()
  return { status: known, ...(typeof grant === 'string' ? { grant } : {}) }
}

function readRecord({ body }: PeerAnswer, asked: string): HandedRecord {
  const { record, content, updatedAtMs } = members(body)
  if (record !== asked || content === undefined || typeof updatedAtMs !== 'number') throw malformed()
  return { record: asked, content, updatedAtMs }
}

function members(body: Json): Readonly<Record<string, Json>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw malformed()
  return body as Readonly<Record<string, Json>>
}

function malformed(): HandoverError {
  return new HandoverError('ERR_HANDOVER_ANSWER', 'answer: expected the form that the hand-over gives')
}
