import { errorCode, type Json } from '@hufu/primitives'
import type { Queries } from '@hufu/service'
import type { Institution } from '../institution.ts'
import type { PresentationDesk } from '../verifier/presentation-desk.ts'
import { HandoverError } from './errors.ts'
import type { PeerClient } from './peer-client.ts'
import { type SignedMessage, signMessage } from './peer-message.ts'
import type { RecordStore } from './record-store.ts'

/** What the steps of a hand-over work with. */
export interface HandoverContext {
  readonly institution: Institution
  readonly desk: PresentationDesk
  readonly records: RecordStore
  readonly peers: PeerClient
  /** Registered query by which people agree. */
  readonly consentQuery: string
  /** Names by which this institution's own systems may know somebody who has that pseudonym here. */
  subjectsOf(pseudonym: string): readonly string[]
}

/** Whom a message is from, and the message. */
export interface Peer {
  readonly did: string
  readonly message: SignedMessage
}

/** Names of records: short, readable, and safe in an address. */
export const recordNamePattern = '^[a-z0-9]+([.-][a-z0-9]+)*$'

/** PostgreSQL's code of a row that breaks a key. */
const uniqueViolation = '23505'

/** Signs the answer to a peer's message. Keep both with {@link keepMessages}, in the transaction of what was asked for. */
export function signAnswer({ self, clock }: Institution, { did, message }: Peer, body: Json): Promise<SignedMessage> {
  return signMessage({ issuer: self.did, audience: did, about: { answers: message.id }, body }, self.keys[0], clock.nowMs())
}

/** Keeps what both sides signed: a request and its answer. A message that is there already breaks the table's key. */
export async function keepMessages(
  queries: Queries,
  peer: string,
  path: string,
  { received, sent }: { readonly received: SignedMessage; readonly sent: SignedMessage },
  nowMs: number,
): Promise<void> {
  await queries.query(
    `insert into handover_messages (id, direction, peer, path, jws, at_ms) values ($1, 'in', $3, $4, $5, $7), ($2, 'out', $3, $4, $6, $7)`,
    [received.id, sent.id, peer, path, received.jws, sent.jws, nowMs],
  )
}

/** Waits for what keeps a peer's message. @throws HandoverError `ERR_HANDOVER_MESSAGE`: it was kept before, so it was sent before */
export async function keptOnce<Result>(writing: Promise<Result>): Promise<Result> {
  try {
    return await writing
  } catch (cause) {
    if (errorCode(cause) !== undefined || (cause as { code?: unknown }).code !== uniqueViolation) throw cause
    throw new HandoverError('ERR_HANDOVER_MESSAGE', 'hufu-message: was sent before', { cause })
  }
}
