/** The draft that this is written after: no RFC yet. docs/gateways.md says where we depart from it. */
export const satpDraft = 'draft-ietf-satp-core-17'

/** SATP protocol version (§5.3.1). */
export const satpVersion = '1.0'

/** Short names of the messages (§5.3.2, §10.2), in the order of a transfer; the last two may come at any time. */
export const messageTypes = [
  'transfer-proposal-msg',
  'proposal-receipt-msg',
  'transfer-commence-msg',
  'ack-commence-msg',
  'lock-assert-msg',
  'assertion-receipt-msg',
  'commit-prepare-msg',
  'commit-ready-msg',
  'commit-final-msg',
  'ack-commit-final-msg',
  'commit-transfer-complete-msg',
  'session-abort-msg',
  'error-msg',
] as const

/** Short name of a message's type. */
export type MessageType = (typeof messageTypes)[number]

/** Before the short name, in a message's `messageType`. */
export const messageTypePrefix = 'urn:ietf:params:satp:core:msgtype:'

/** What the originator's gateway sends, and what the beneficiary's answers to it. Nothing answers the last. */
export const answerTypeOf = {
  'transfer-proposal-msg': 'proposal-receipt-msg',
  'transfer-commence-msg': 'ack-commence-msg',
  'lock-assert-msg': 'assertion-receipt-msg',
  'commit-prepare-msg': 'commit-ready-msg',
  'commit-final-msg': 'ack-commit-final-msg',
} as const satisfies Partial<Record<MessageType, MessageType>>

/** A message that asks for an answer. */
export type RequestType = keyof typeof answerTypeOf

/** True for a message that asks for an answer. */
export function isRequestType(type: MessageType): type is RequestType {
  return Object.hasOwn(answerTypeOf, type)
}
