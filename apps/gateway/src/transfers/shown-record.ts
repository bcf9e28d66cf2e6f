import { base64urlToBytes, bytesToUtf8, parseJson } from '@hufu/primitives'
import type { SessionRecord } from '@hufu/satp'

/** A record of a session as it is shown: without the messages. */
export interface ShownRecord {
  readonly kind: SessionRecord['kind']
  readonly what: string
  readonly atMs: number
}

export function shownRecord(record: SessionRecord): ShownRecord {
  return { kind: record.kind, what: whatOf(record), atMs: record.atMs }
}

function whatOf(record: SessionRecord): string {
  switch (record.kind) {
    case 'opened':
      return record.role
    case 'sent':
    case 'received':
      return messageTypeOf(record.message)
    case 'acting':
      return record.action
    case 'acted':
      return `${record.action}: ${record.outcome}`
    case 'aborting':
      return record.reason
    case 'closed':
      return record.reason === null ? record.outcome : `${record.outcome}: ${record.reason}`
  }
}

/** Last part of the type of a message that was verified before it was written down, or is our own. */
function messageTypeOf(message: string): string {
  const { messageType } = parseJson(bytesToUtf8(base64urlToBytes(message.split('.')[1] ?? ''))) as { readonly messageType?: unknown }
  return String(messageType).split(':').at(-1)!
}
