import type { AssetEnd } from '@hufu/chains/titles'
import type { Counterpart } from './counterpart.ts'
import { SatpError } from './errors.ts'
import type { MessageType } from './message/message-type.ts'
import { openMessage, type SealedMessage, sealMessage, verifyMessage } from './message/sealed-message.ts'
import type { GatewayPorts } from './ports.ts'
import { quarantine } from './quarantine.ts'
import type { Rules } from './rules.ts'
import { judgeAnswer } from './session/judge-answer.ts'
import type { OpenSession } from './session/open-session.ts'
import { composeAbort, composeComplete, composeFinal, composeRequest } from './session/originator-messages.ts'
import { type OriginatorStep, originatorStep } from './session/originator-step.ts'
import { isRefusal, settle } from './settle.ts'

/**
 * Carries a transfer on, from where its records say it is, until it is over or has to wait. Writes down what it is about to do before it does it.
 *
 * @throws whatever kept it from going on; later the same call goes on
 */
export async function runOriginator(session: OpenSession, ports: GatewayPorts, rules: Rules): Promise<void> {
  for (;;) {
    const step = originatorStep(session.state, ports.clock.nowMs(), rules)
    if (step.do === 'nothing') return
    await take(step, session, ports)
  }
}

async function take(step: Exclude<OriginatorStep, { do: 'nothing' }>, session: OpenSession, ports: GatewayPorts): Promise<void> {
  switch (step.do) {
    case 'write':
      return write(step.kind, session, ports)
    case 'send':
      return send(session, ports)
    case 'act':
      return act(step.action, session, ports)
    case 'give-up':
      return session.append({ kind: 'aborting', reason: step.reason })
    case 'close':
      return session.append({ kind: 'closed', outcome: step.outcome, reason: session.state.aborting })
  }
}

async function write(kind: Extract<OriginatorStep, { do: 'write' }>['kind'], session: OpenSession, ports: GatewayPorts): Promise<void> {
  const { state } = session
  const counterpart = await ports.counterparts.find(state.opened.counterpart)
  // Who is not allowed any more is not told how it ended.
  if (counterpart === undefined && isLastWord(kind)) return close(kind, session)
  if (counterpart === undefined) throw notAllowed()
  const nowMs = ports.clock.nowMs()
  const compose = async () => {
    switch (kind) {
      case 'commit-final-msg':
        return composeFinal(state, await endOf(session, ports).proveLeft(state.opened.transfer))
      case 'commit-transfer-complete-msg':
        return composeComplete(state)
      case 'session-abort-msg':
        return composeAbort(state, state.lastHash ?? state.sent['transfer-proposal-msg']?.hash ?? '', state.aborting ?? 'operator', nowMs)
      default:
        return composeRequest(kind, state, counterpart, nowMs)
    }
  }
  const { text } = await sealMessage(await compose(), counterpart)
  await session.append({ kind: 'sent', message: text })
}

async function send(session: OpenSession, ports: GatewayPorts): Promise<void> {
  const request = session.state.pending!
  const { kind } = request.message
  const counterpart = await ports.counterparts.find(session.state.opened.counterpart)
  if (counterpart === undefined && isLastWord(kind)) return close(kind, session)
  if (counterpart === undefined) throw notAllowed()
  const answerText = await ports.send(request.text, counterpart)
  if (answerText !== undefined) {
    const answer = await checkAnswer(answerText, request, counterpart, session, ports)
    await session.append({ kind: 'received', message: answer.text })
    // Whoever does not find a proof true may find the next one so; not at once.
    const isRefused = answer.message.kind === 'error-msg' && session.state.asset === 'left' && !isLastWord(kind)
    if (isRefused) throw new SatpError('ERR_SATP_UNANSWERED', 'the counterpart refused a message about a title that left')
    return
  }
  if (isLastWord(kind)) return close(kind, session)
  throw new SatpError('ERR_SATP_UNANSWERED', 'the counterpart took a message without an answer')
}

type LastWord = 'session-abort-msg' | 'commit-transfer-complete-msg'

/** What ends a session, and asks for no answer. */
function isLastWord(kind: MessageType): kind is LastWord {
  return kind === 'session-abort-msg' || kind === 'commit-transfer-complete-msg'
}

function close(kind: LastWord, session: OpenSession): Promise<void> {
  const outcome = kind === 'session-abort-msg' ? 'aborted' : 'completed'
  return session.append({ kind: 'closed', outcome, reason: session.state.aborting })
}

/** An answer that is not what it should be counts as none. */
async function checkAnswer(
  text: string,
  request: SealedMessage,
  counterpart: Counterpart,
  session: OpenSession,
  ports: GatewayPorts,
): Promise<SealedMessage> {
  let signedBy: string | undefined
  try {
    const answer = await verifyMessage(openMessage(text), counterpart)
    signedBy = counterpart.did
    judgeAnswer(answer, request, session.state)
    return answer
  } catch (error) {
    await quarantine(error, { direction: 'answer', message: text, signedBy, sessionId: session.state.sessionId }, ports)
    throw error
  }
}

async function act(action: 'lock' | 'leave' | 'unlock', session: OpenSession, ports: GatewayPorts): Promise<void> {
  const { asset, opened } = session.state
  const end = endOf(session, ports)
  const isBegun = asset === 'locking' || asset === 'leaving' || asset === 'unlocking'
  if (!isBegun) {
    if (action !== 'unlock' && !(await isStillWanted(session, ports))) return session.append({ kind: 'aborting', reason: 'not-accepted' })
    await session.append({ kind: 'acting', action })
  }
  try {
    const { transactionId } = await end[action](opened.transfer)
    await session.append({ kind: 'acted', action, outcome: 'done', transactionId })
  } catch (error) {
    if (!isRefusal(error)) throw error
    await takeRefusal(action, error, session, end, ports)
  }
}

/** The chain said no. What it says of the title decides, whatever was tried. */
async function takeRefusal(
  action: 'lock' | 'leave' | 'unlock',
  error: unknown,
  session: OpenSession,
  end: AssetEnd,
  ports: GatewayPorts,
): Promise<void> {
  const { transfer } = session.state.opened
  const where = await settle(end, transfer)
  if (where === 'left') return session.append({ kind: 'acted', action: 'leave', outcome: 'done', transactionId: null })
  if (where === 'free' && action === 'lock') {
    await session.append({ kind: 'acted', action, outcome: 'refused', transactionId: null })
    return session.append({ kind: 'aborting', reason: 'lock-refused' })
  }
  if (where === 'free') return session.append({ kind: 'acted', action: 'unlock', outcome: 'done', transactionId: null })
  if (action === 'lock') return session.append({ kind: 'acted', action, outcome: 'done', transactionId: null })
  // Locked still. Before its time is over it may yet leave, and cannot be unlocked.
  if (action === 'unlock' || ports.clock.nowMs() <= transfer.lockUntilMs) throw error
  await session.append({ kind: 'acted', action, outcome: 'refused', transactionId: null })
  await session.append({ kind: 'aborting', reason: 'leave-refused' })
}

/** Asked again before each of the two steps that bind: a network may have been switched off meanwhile. */
async function isStillWanted(session: OpenSession, ports: GatewayPorts): Promise<boolean> {
  try {
    await ports.accept?.(session.state.opened.transfer, 'originator', await counterpartOf(session, ports))
    return true
  } catch (error) {
    if (error instanceof SatpError && (error.code === 'ERR_SATP_TERMS' || error.code === 'ERR_SATP_COUNTERPART')) return false
    throw error
  }
}

async function counterpartOf({ state }: OpenSession, ports: GatewayPorts): Promise<Counterpart> {
  const counterpart = await ports.counterparts.find(state.opened.counterpart)
  if (counterpart === undefined) throw notAllowed()
  return counterpart
}

function notAllowed(): SatpError {
  return new SatpError('ERR_SATP_COUNTERPART', 'counterpart: expected one that is allowed')
}

function endOf({ state }: OpenSession, ports: GatewayPorts): AssetEnd {
  const end = ports.endOf(state.opened.transfer.fromNetwork)
  if (end === undefined) throw new SatpError('ERR_SATP_WAITING', 'fromNetwork: expected a network of this gateway')
  return end
}
