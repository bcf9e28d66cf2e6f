import { randomUUID } from 'node:crypto'
import type { Json } from '@hufu/primitives'
import type { Texts } from '@hufu/trust'
import { crashPoint } from '../parts/crash-point.ts'
import { HandoverError } from './errors.ts'
import { type HandoverContext, keepMessages, keptOnce, type Peer, signAnswer } from './handover-context.ts'

/** Type of what people agree to (OpenID4VP §8.4). */
export const handOverType = 'urn:hufu:hand-over'

const dayMs = 86_400_000
const longestMs = 366 * dayMs

/** What a receiver asks for. */
export interface ConsentRequest {
  readonly record: string
  readonly untilMs: number
  readonly receiverName: Texts
  /** Page of the receiver's to which a wallet on the same device sends the browser. */
  readonly returnTo?: string | undefined
}

/** The receiver shows it to the person. */
export interface ConsentAsked {
  readonly id: string
  readonly qr: string
  readonly walletUrl?: string
  readonly expiresAtMs: number
}

/** Refuses what no grant can be for. @throws HandoverError `ERR_HANDOVER_REQUEST` */
export function checkEnd(untilMs: number, nowMs: number): void {
  if (!Number.isSafeInteger(untilMs) || untilMs % 1000 !== 0 || untilMs <= nowMs || untilMs > nowMs + longestMs)
    throw new HandoverError('ERR_HANDOVER_REQUEST', 'untilMs: expected whole seconds, within a year from now')
}

/**
 * Lets a person agree that a record is handed over: a presentation that is bound to record, receiver and end.
 *
 * @returns the answer to be sent, with its signature
 */
export async function askConsent(
  { institution, desk, consentQuery }: HandoverContext,
  peer: Peer,
  path: string,
  request: ConsentRequest,
): Promise<{ readonly body: ConsentAsked; readonly jws: string }> {
  const { database, audit, clock, self, vault } = institution
  checkEnd(request.untilMs, clock.nowMs())
  const { record, untilMs, receiverName, returnTo } = request
  const id = randomUUID()
  const begun = await desk.begin({
    queryId: consentQuery,
    purpose: { kind: 'hand-over', id },
    ...(returnTo === undefined ? {} : { returnTo }),
    transactionData: [
      { type: handOverType, record, holder: self.did, receiver: peer.did, receiver_name: { ...receiverName }, until_ms: untilMs },
    ],
  })
  crashPoint('hand-over consent begun')
  const token = await vault.seal(begun.token, `hand-over consent ${id}`)
  const body: ConsentAsked = {
    id,
    qr: begun.qr,
    ...(begun.walletUrl === undefined ? {} : { walletUrl: begun.walletUrl }),
    expiresAtMs: begun.expiresAtMs,
  }
  const answer = await signAnswer(institution, peer, body as unknown as Json)
  const writing = database.transaction(async queries => {
    await queries.query(
      `insert into handover_consents (id, receiver, record, end_ms, presentation_id, token, status, expires_at_ms)
       values ($1, $2, $3, $4, $5, $6, 'waiting', $7)`,
      [id, peer.did, record, untilMs, begun.id, token, begun.expiresAtMs],
    )
    await keepMessages(queries, peer.did, path, { received: peer.message, sent: answer }, clock.nowMs())
    await audit.append(queries, {
      actor: `peer ${peer.did}`,
      action: 'hand-over asked',
      subject: `consent ${id}`,
      detail: { record, untilMs, message: peer.message.id },
    })
    crashPoint('hand-over asked before commit')
  })
  // A message that is sent again begins a presentation that nobody is told of, and ends here.
  await keptOnce(writing)
  crashPoint('hand-over asked')
  return { body, jws: answer.jws }
}
