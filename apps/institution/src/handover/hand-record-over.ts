import type { Json } from '@hufu/primitives'
import { asOneStatement } from '@hufu/service'
import { crashPoint } from '../parts/crash-point.ts'
import { HandoverError } from './errors.ts'
import { type HandoverContext, keepMessages, keptOnce, type Peer, signAnswer } from './handover-context.ts'

/** What is handed over. */
export interface HandedRecord {
  readonly record: string
  readonly content: Json
  readonly updatedAtMs: number
}

interface Row {
  readonly id: string
  readonly receiver: string
  readonly record: string
  readonly subject_key: string
  readonly not_before_ms: number
  readonly end_ms: number
  readonly revoked_at_ms: number | null
  readonly content: Uint8Array | null
  readonly updated_at_ms: number | null
}

/**
 * Hands a record over: to the receiver of the grant, for the record and the person that it names, until its end or until it is revoked. What is written is one
 * statement: one flush to the disk.
 *
 * @param grant - as this institution signed it: found by its text, so that none but its own counts
 * @throws HandoverError `ERR_HANDOVER_GRANT`: the message names the rule; `ERR_HANDOVER_RECORD`: the record is gone
 */
export async function handRecordOver(
  { institution, records }: HandoverContext,
  peer: Peer,
  path: string,
  { grant: text, record }: { readonly grant: string; readonly record: string },
): Promise<{ readonly body: HandedRecord; readonly jws: string }> {
  const { database, audit, clock } = institution
  const id = grantIdOf(text)
  const [row] = await database.query<Row>(
    `select g.id, g.receiver, g.record, g.subject_key, g.not_before_ms, g.end_ms, g.revoked_at_ms, r.content, r.updated_at_ms
     from handover_grants g left join handover_records r on r.subject_key = g.subject_key and r.name = g.record
     where g.id = $1 and g.jws = $2`,
    [id, text],
  )
  checkGrant(row, peer, record, clock.nowMs())
  if (row.content === null) throw new HandoverError('ERR_HANDOVER_RECORD', 'the record is no longer there')
  const content = await records.open(row.subject_key, row.record, row.content)
  const body: HandedRecord = { record: row.record, content, updatedAtMs: row.updated_at_ms! }
  const answer = await signAnswer(institution, peer, body as unknown as Json)
  crashPoint('hand-over record signed')
  const entry = {
    actor: `peer ${peer.did}`,
    action: 'record handed over',
    subject: `grant ${id}`,
    detail: { record: row.record, message: peer.message.id, answer: answer.id },
  }
  const writing = asOneStatement(database, async queries => {
    await keepMessages(queries, peer.did, path, { received: peer.message, sent: answer }, clock.nowMs())
    await audit.append(queries, entry)
  })
  await keptOnce(writing)
  crashPoint('hand-over record handed over')
  return { body, jws: answer.jws }
}

function checkGrant(row: Row | undefined, { did }: Peer, record: string, nowMs: number): asserts row is Row {
  if (row === undefined) throw refused('expected one that this institution signed')
  if (row.receiver !== did) throw refused('expected that of the institution that asks')
  if (row.record !== record) throw refused('expected one for this record')
  if (row.revoked_at_ms !== null) throw refused('was revoked')
  if (nowMs < row.not_before_ms) throw refused('does not count yet')
  if (nowMs >= row.end_ms) throw refused('has ended')
}

function refused(what: string): HandoverError {
  return new HandoverError('ERR_HANDOVER_GRANT', `grant: ${what}`)
}

/** Where to look it up; that it is just this text is compared there. */
function grantIdOf(jws: string): string {
  try {
    const { jti } = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as { jti?: unknown }
    if (typeof jti === 'string') return jti
  } catch {
    // Then it is none.
  }
  throw refused('expected one that this institution signed')
}
