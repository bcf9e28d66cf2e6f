import { randomUUID } from 'node:crypto'
import { errorCode, type Json } from '@hufu/primitives'
import type { Queries } from '@hufu/service'
import { crashPoint } from '../parts/crash-point.ts'
import type { PresentationResult } from '../verifier/presentation-desk.ts'
import { HandoverError } from './errors.ts'
import { signGrant } from './grant.ts'
import { type HandoverContext, keepMessages, keptOnce, type Peer, signAnswer } from './handover-context.ts'

/** How a consent stands, and the grant once there is one. */
export interface ConsentStanding {
  readonly status: 'waiting' | 'granted' | 'refused' | 'expired'
  readonly grant?: string
}

interface ConsentRow {
  readonly id: string
  readonly receiver: string
  readonly record: string
  readonly end_ms: number
  readonly presentation_id: string
  readonly token: Uint8Array
  readonly status: ConsentStanding['status']
  readonly grant_id: string | null
}

/** Names somebody to themselves: it finds the grants that they gave. */
export function ownerKeyOf({ institution }: Pick<HandoverContext, 'institution'>, pseudonym: string): string {
  return institution.vault.digest('hand-over owner', pseudonym)
}

/**
 * Gives the grant once the person has agreed, in one transaction with taking their answer; asked again, it gives the same grant.
 *
 * @param responseCode - what came with the browser, where the wallet was on the same device
 * @throws HandoverError `ERR_HANDOVER_UNKNOWN`: no such consent of this receiver; VerifierError `ERR_VERIFIER_BROWSER`
 */
export async function giveGrant(
  context: HandoverContext,
  peer: Peer,
  path: string,
  id: string,
  responseCode: string | undefined,
): Promise<{ readonly body: ConsentStanding; readonly jws: string }> {
  const { institution, desk } = context
  const [row] = await institution.database.query<ConsentRow>('select * from handover_consents where id = $1', [id])
  if (row === undefined || row.receiver !== peer.did) throw new HandoverError('ERR_HANDOVER_UNKNOWN', 'there is no such consent of yours')
  // Looked at before, for what the ledger's tables must say cannot be asked in between.
  const state = row.status === 'waiting' ? await stateOf(desk, row.presentation_id) : undefined
  const giving = institution.database.transaction(async queries => {
    const body = await standing(context, queries, row.id, state, responseCode)
    const answer = await signAnswer(institution, peer, body as unknown as Json)
    await keepMessages(queries, peer.did, path, { received: peer.message, sent: answer }, institution.clock.nowMs())
    crashPoint('hand-over grant before commit')
    return { body, jws: answer.jws }
  })
  return keptOnce(giving)
}

async function stateOf(desk: HandoverContext['desk'], id: string): Promise<'waiting' | 'answered' | 'refused' | 'expired'> {
  try {
    const state = await desk.state(id)
    return state === 'opened' ? 'waiting' : state
  } catch (error) {
    // Forgotten by now.
    if (errorCode(error) === 'ERR_VERIFIER_UNKNOWN') return 'expired'
    throw error
  }
}

async function standing(
  context: HandoverContext,
  queries: Queries,
  id: string,
  state: 'waiting' | 'answered' | 'refused' | 'expired' | undefined,
  responseCode: string | undefined,
): Promise<ConsentStanding> {
  const { desk, institution } = context
  const [row] = await queries.query<ConsentRow>('select * from handover_consents where id = $1 for update', [id])
  if (row!.status === 'granted') return { status: 'granted', grant: await grantText(queries, row!.grant_id!) }
  if (row!.status !== 'waiting' || state === undefined) return { status: row!.status }
  if (state === 'waiting') return { status: 'waiting' }
  if (state !== 'answered') return end(queries, id, state)
  const token = (await institution.vault.open(row!.token, `hand-over consent ${id}`)) as string
  const result = await desk.finish(queries, row!.presentation_id, { token, ...(responseCode === undefined ? {} : { responseCode }) })
  crashPoint('hand-over consent finished')
  return grant(context, queries, row!, result)
}

async function end(queries: Queries, id: string, status: 'refused' | 'expired'): Promise<ConsentStanding> {
  await queries.query('update handover_consents set status = $2 where id = $1', [id, status])
  return { status }
}

async function grant(context: HandoverContext, queries: Queries, row: ConsentRow, result: PresentationResult): Promise<ConsentStanding> {
  const { institution, records, subjectsOf } = context
  const { self, clock, vault, audit } = institution
  const { id: consentId, receiver, record, end_ms: endMs } = row
  const { pseudonym, purpose, receiptId, receiptSha256 } = result
  if (pseudonym === undefined || purpose.id !== consentId)
    throw new HandoverError('ERR_HANDOVER_STATE', 'consent: expected a query that gives a pseudonym, answered for this consent')
  const subjectKey = await records.findSubject(
    queries,
    subjectsOf(pseudonym).map(subject => records.keyOf(subject)),
    record,
  )
  if (subjectKey === undefined) return end(queries, consentId, 'refused')
  const notBeforeMs = 1000 * Math.floor(clock.nowMs() / 1000)
  const id = randomUUID()
  const jws = await signGrant(
    {
      ...{ id, holder: self.did, receiver, record, notBeforeMs, endMs, receiptSha256 },
      subject: vault.digest('hand-over subject of receiver', receiver, pseudonym),
    },
    self.keys[0],
  )
  await queries.query(
    `insert into handover_grants (id, jws, receiver, record, subject_key, owner_key, not_before_ms, end_ms, receipt_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, jws, receiver, record, subjectKey, ownerKeyOf(context, pseudonym), notBeforeMs, endMs, receiptId],
  )
  await queries.query(`update handover_consents set status = 'granted', grant_id = $2 where id = $1`, [consentId, id])
  await audit.append(queries, {
    actor: 'wallet',
    action: 'hand-over granted',
    subject: `grant ${id}`,
    detail: { receiver, record, endMs, receipt: receiptId },
  })
  crashPoint('hand-over granted')
  return { status: 'granted', grant: jws }
}

async function grantText(queries: Queries, id: string): Promise<string> {
  const [row] = await queries.query<{ jws: string }>('select jws from handover_grants where id = $1', [id])
  return row!.jws
}
