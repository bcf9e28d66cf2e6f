import { SatpError } from '../errors.ts'
import type { AbortReason } from '../message/message.ts'
import { isRequestType, type MessageType } from '../message/message-type.ts'
import { openMessage, type SealedMessage } from '../message/sealed-message.ts'
import type { AssetPosition, SessionStatus } from '../ports.ts'
import type { ChainAction, OpenedRecord, SessionOutcome, SessionRecord } from './session-log.ts'

/** A message of a session, and when it was written down. */
export interface LoggedMessage extends SealedMessage {
  readonly atMs: number
}

/** A session as its records tell it. A value: nothing in it is ever changed. */
export interface SessionState {
  readonly opened: OpenedRecord
  readonly sessionId: string
  readonly records: number
  readonly changedAtMs: number
  readonly asset: AssetPosition
  /** Transactions of what was done on our chain; null for what was found done. */
  readonly transactions: Partial<Record<ChainAction, string | null>>
  /** Our last of each type, and theirs. */
  readonly sent: Partial<Record<MessageType, LoggedMessage>>
  readonly received: Partial<Record<MessageType, LoggedMessage>>
  /** Originator: ours that has no answer. Beneficiary: theirs that has none. */
  readonly pending: LoggedMessage | undefined
  /** What the next message names as the one before it: the last request that was answered has its answer's. */
  readonly lastHash: string | undefined
  /** Every message of the session, by hash. */
  readonly hashes: ReadonlySet<string>
  /** Beneficiary: what was answered, by the hash of the request. */
  readonly answers: ReadonlyMap<string, LoggedMessage>
  readonly aborting: AbortReason | null
  readonly outcome: SessionOutcome | null
}

/**
 * What the records of a session come to.
 *
 * @returns undefined if there are none
 * @throws SatpError `ERR_SATP_LOG_DAMAGED`: they cannot have been written one after the other
 */
export function foldRecords(sessionId: string, records: readonly SessionRecord[]): SessionState | undefined {
  const [first, ...rest] = records
  if (first === undefined) return undefined
  if (first.kind !== 'opened') throw damaged()
  return rest.reduce<SessionState>(applyRecord, initialState(sessionId, first))
}

function initialState(sessionId: string, opened: OpenedRecord): SessionState {
  const state: SessionState = {
    opened,
    sessionId,
    records: 1,
    changedAtMs: opened.atMs,
    asset: opened.role === 'originator' ? 'held' : 'awaited',
    transactions: {},
    sent: {},
    received: {},
    pending: undefined,
    lastHash: undefined,
    hashes: new Set(),
    answers: new Map(),
    aborting: null,
    outcome: null,
  }
  return opened.message === undefined ? state : takeMessage(state, loggedMessage(opened.message, opened.atMs), 'received')
}

/** The state after one more record. @throws SatpError `ERR_SATP_LOG_DAMAGED` */
export function applyRecord(before: SessionState, record: SessionRecord): SessionState {
  // A record behind the last one opens the session again: a proof came after its time.
  const state = { ...before, records: before.records + 1, changedAtMs: record.atMs, outcome: null }
  switch (record.kind) {
    case 'opened':
      throw damaged()
    case 'sent':
    case 'received':
      return takeMessage(state, loggedMessage(record.message, record.atMs), record.kind)
    case 'acting':
      return { ...state, asset: assetAfter(state, record.action, 'acting') }
    case 'acted':
      return {
        ...state,
        asset: assetAfter(state, record.action, record.outcome),
        transactions: { ...state.transactions, [record.action]: record.transactionId },
        // It has left: too late to end without a transfer.
        aborting: record.action === 'leave' && record.outcome === 'done' ? null : state.aborting,
        // A proof that the chain refused was no answer to anything; another may come.
        pending: record.action === 'arrive' && record.outcome === 'refused' ? undefined : state.pending,
      }
    case 'aborting':
      return { ...state, aborting: record.reason }
    case 'closed':
      return { ...state, aborting: record.reason ?? state.aborting, outcome: record.outcome }
  }
}

function takeMessage(state: SessionState, message: LoggedMessage, direction: 'sent' | 'received'): SessionState {
  const { kind } = message.message
  const kept: SessionState = {
    ...state,
    [direction]: { ...state[direction], [kind]: message },
    hashes: new Set([...state.hashes, message.hash]),
  }
  return state.opened.role === 'originator' ? takeAsOriginator(kept, message, direction) : takeAsBeneficiary(kept, message, direction)
}

function takeAsOriginator(state: SessionState, message: LoggedMessage, direction: 'sent' | 'received'): SessionState {
  if (direction === 'sent') return { ...state, pending: message }
  // They answer, but are no steps of the session: the message before is still the last.
  if (['error-msg', 'session-abort-msg'].includes(message.message.kind)) return { ...state, pending: undefined }
  return { ...state, pending: undefined, lastHash: message.hash }
}

function takeAsBeneficiary(state: SessionState, message: LoggedMessage, direction: 'sent' | 'received'): SessionState {
  const { kind } = message.message
  if (direction === 'received') return { ...state, pending: isRequestType(kind) ? message : undefined }
  const answers = state.pending === undefined ? state.answers : new Map([...state.answers, [state.pending.hash, message]])
  return { ...state, answers, pending: undefined, lastHash: kind === 'session-abort-msg' ? state.lastHash : message.hash }
}

const positions: Readonly<Record<ChainAction, Readonly<Record<'acting' | 'done', AssetPosition>>>> = {
  lock: { acting: 'locking', done: 'locked' },
  leave: { acting: 'leaving', done: 'left' },
  unlock: { acting: 'unlocking', done: 'unlocked' },
  arrive: { acting: 'arriving', done: 'arrived' },
}
const positionsIfRefused: Readonly<Record<ChainAction, AssetPosition>> = {
  lock: 'held',
  leave: 'locked',
  unlock: 'locked',
  arrive: 'awaited',
}

function assetAfter({ opened, asset }: SessionState, action: ChainAction, outcome: 'acting' | 'done' | 'refused'): AssetPosition {
  if ((opened.role === 'beneficiary') !== (action === 'arrive')) throw damaged()
  if (asset === 'left' || asset === 'arrived') throw damaged()
  return outcome === 'refused' ? positionsIfRefused[action] : positions[action][outcome]
}

const known = new Map<string, SealedMessage>()
const maxKnown = 256

/** A session is read again for every message and every step: the last 256 messages are kept. */
function loggedMessage(text: string, atMs: number): LoggedMessage {
  const sealed = known.get(text) ?? opened(text)
  if (known.size >= maxKnown) known.delete(known.keys().next().value!)
  known.set(text, sealed)
  return { ...sealed, atMs }
}

function opened(text: string): SealedMessage {
  try {
    const { message, hash } = openMessage(text)
    return { message, hash, text }
  } catch (cause) {
    throw damaged(cause)
  }
}

function damaged(cause?: unknown): SatpError {
  return new SatpError('ERR_SATP_LOG_DAMAGED', 'the records of a session do not follow from each other; restore the log', { cause })
}

/** A session for people and programs. */
export function statusOf(state: SessionState): SessionStatus {
  const { opened, sessionId, asset, aborting, outcome, changedAtMs, records } = state
  return {
    sessionId,
    role: opened.role,
    counterpart: opened.counterpart,
    transfer: opened.transfer,
    fromHolder: opened.fromHolder,
    stage: stageOf(state),
    asset,
    aborting,
    outcome,
    openedAtMs: opened.atMs,
    changedAtMs,
    records,
  }
}

function stageOf({ sent, received, asset }: SessionState): 1 | 2 | 3 {
  const has = (kind: MessageType): boolean => sent[kind] !== undefined || received[kind] !== undefined
  if (has('assertion-receipt-msg') || ['leaving', 'left', 'arriving', 'arrived'].includes(asset)) return 3
  return has('ack-commence-msg') ? 2 : 1
}
