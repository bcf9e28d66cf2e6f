import { isHex32, isHolder, isTitleId, type Transfer } from '@hufu/chains/titles'
import { bytesToHex, randomBytes } from '@hufu/primitives'
import { checkIsAbsent, checkIsTakeable, runBeneficiary } from './beneficiary.ts'
import type { Counterpart } from './counterpart.ts'
import { SatpError } from './errors.ts'
import { errorCodeFor } from './message/error-code-for.ts'
import type { MessageType } from './message/message-type.ts'
import { protocolErrors } from './message/protocol-error.ts'
import { openMessage, type SealedMessage, sealMessage, type UncheckedMessage, verifyMessage } from './message/sealed-message.ts'
import { runOriginator } from './originator.ts'
import type { GatewayPorts, Progress, Reply, SessionStatus, TransferGateway, TransferRequest } from './ports.ts'
import { isAboutMessage, quarantine } from './quarantine.ts'
import { RetryTimes } from './retry-times.ts'
import { defaultRules, type Rules } from './rules.ts'
import { composeError } from './session/beneficiary-messages.ts'
import { InTurn } from './session/in-turn.ts'
import { judgeRequest, phaseOf } from './session/judge-request.ts'
import { OpenSession } from './session/open-session.ts'
import { composeAbort } from './session/originator-messages.ts'
import { statusOf } from './session/session-state.ts'
import { checkProposal, transferOf } from './session/terms.ts'

/** Sessions that are gone on with at the same time. */
const resumedAtOnce = 16

/** A gateway: both roles of SATP, over whatever its ports reach. One process at a time works on a log; a second one collides loudly. */
export class SatpGateway implements TransferGateway {
  readonly #ports: GatewayPorts
  readonly #rules: Rules
  readonly #turns = new InTurn()
  readonly #retries: RetryTimes

  constructor(ports: GatewayPorts, rules: Partial<Rules> = {}) {
    this.#ports = ports
    this.#rules = { ...defaultRules, ...rules }
    this.#retries = new RetryTimes(this.#rules)
  }

  async begin(request: TransferRequest): Promise<SessionStatus> {
    const transferId = request.transferId ?? bytesToHex(randomBytes(32))
    if (!isHex32(transferId) || !isTitleId(request.assetId) || !isHolder(request.toHolder))
      throw new SatpError('ERR_SATP_TERMS', 'request: expected a transferId, an assetId and a toHolder of their forms')
    return this.#turns.run(transferId, async () => {
      const session = await this.#read(transferId)
      if (session === undefined) return statusOf((await this.#begin(transferId, request)).state)
      if (!isOf(session, request)) throw new SatpError('ERR_SATP_SESSION', 'transferId: expected one that no other transfer has')
      return statusOf(session.state)
    })
  }

  advance(sessionId: string): Promise<Progress> {
    return this.#turns.run(sessionId, async () => this.#advance(await this.#require(sessionId)))
  }

  async resume(onFailure?: (sessionId: string, error: unknown) => void): Promise<readonly Progress[]> {
    const waiting = [...(await this.#ports.log.open())]
    const progress: Progress[] = []
    const work = async (): Promise<void> => {
      for (let sessionId = waiting.shift(); sessionId !== undefined; sessionId = waiting.shift()) {
        try {
          progress.push(await this.advance(sessionId))
        } catch (error) {
          onFailure?.(sessionId, error)
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(resumedAtOnce, waiting.length) }, work))
    return progress
  }

  async receive(message: string): Promise<Reply> {
    const { sealed, counterpart } = await this.#check(message)
    return this.#turns.run(sealed.message.sessionId, async () => {
      try {
        return await this.#take(sealed, counterpart)
      } catch (error) {
        if (!(error instanceof SatpError)) throw new SatpError('ERR_SATP_WAITING', 'the message is to come again', { cause: error })
        if (!isAboutMessage(error)) throw error
        const { sessionId } = sealed.message
        // A false proof is there already.
        if (error.code !== 'ERR_SATP_PROOF')
          await quarantine(error, { direction: 'request', message, signedBy: counterpart.did, sessionId }, this.#ports)
        return this.#refuse(sealed, error, counterpart)
      }
    })
  }

  async abort(sessionId: string): Promise<Progress> {
    const { progress, notice } = await this.#turns.run(sessionId, async () => {
      const session = await this.#require(sessionId)
      const isOriginator = session.state.opened.role === 'originator'
      const text = isOriginator ? await this.#abortAsOriginator(session) : await this.#abortAsBeneficiary(session)
      return { progress: await this.#advance(session), notice: text }
    })
    if (notice !== undefined) await this.#tell(notice, progress.status.counterpart)
    return progress
  }

  async status(sessionId: string): Promise<SessionStatus | undefined> {
    const session = await this.#read(sessionId)
    return session === undefined ? undefined : statusOf(session.state)
  }

  async #begin(transferId: string, request: TransferRequest): Promise<OpenSession> {
    const { assetId, fromNetwork, toNetwork, toHolder } = request
    const { minLockMs, maxLockMs } = this.#rules
    const counterpart = await this.#ports.counterparts.find(request.counterpart)
    if (counterpart === undefined || !counterpart.networks.includes(toNetwork))
      throw new SatpError('ERR_SATP_COUNTERPART', 'counterpart: expected one that is allowed for the network')
    if (!Number.isInteger(request.lockForMs) || request.lockForMs < minLockMs || request.lockForMs > maxLockMs)
      throw new SatpError('ERR_SATP_TERMS', 'lockForMs: expected a time within the rules')
    const title = await this.#ports.endOf(fromNetwork)?.get(assetId)
    if (title?.status !== 'held')
      throw new SatpError('ERR_SATP_TERMS', 'assetId: expected a title that is held on a network of this gateway')
    const atMs = this.#ports.clock.nowMs()
    const { contentHash } = title
    const transfer: Transfer = { transferId, assetId, contentHash, fromNetwork, toNetwork, toHolder, lockUntilMs: atMs + request.lockForMs }
    await this.#ports.accept?.(transfer, 'originator', counterpart)
    const { did } = counterpart
    const { log, clock } = this.#ports
    return OpenSession.begin(
      transferId,
      { kind: 'opened', atMs, role: 'originator', counterpart: did, transfer, fromHolder: title.holder },
      log,
      clock,
    )
  }

  async #advance(session: OpenSession): Promise<Progress> {
    const { sessionId } = session.state
    const before = session.state
    let problem: unknown
    let waitUntilMs: number | null = null
    try {
      if (before.opened.role === 'originator') await runOriginator(session, this.#ports, this.#rules)
      else waitUntilMs = await runBeneficiary(session, this.#ports, this.#rules)
    } catch (error) {
      problem = error
    }
    const { state } = session
    if (problem === undefined) this.#retries.forget(sessionId)
    else waitUntilMs = this.#retries.next(state, this.#ports.clock.nowMs())
    return { status: statusOf(state), againAtMs: state.outcome === null ? waitUntilMs : null, problem }
  }

  /** Who sent it, before anything is believed. What nobody of ours has signed is not answered with a signature either. */
  async #check(text: string): Promise<{ sealed: SealedMessage; counterpart: Counterpart }> {
    let unchecked: UncheckedMessage | undefined
    try {
      unchecked = openMessage(text)
      const counterpart = await this.#ports.counterparts.find(unchecked.from)
      if (counterpart === undefined) throw new SatpError('ERR_SATP_COUNTERPART', 'header.kid: expected the key of an allowed counterpart')
      return { sealed: await verifyMessage(unchecked, counterpart), counterpart }
    } catch (error) {
      const sessionId = unchecked?.message.sessionId
      await quarantine(error, { direction: 'request', message: text, signedBy: undefined, sessionId }, this.#ports)
      throw error
    }
  }

  async #take(sealed: SealedMessage, counterpart: Counterpart): Promise<Reply> {
    const { kind, sessionId } = sealed.message
    const session = await this.#read(sessionId)
    if (session === undefined) {
      if (kind !== 'transfer-proposal-msg') throw new SatpError('ERR_SATP_SESSION', 'sessionId: expected one that is known here')
      return this.#open(sealed, counterpart)
    }
    if (session.state.opened.counterpart !== counterpart.did)
      throw new SatpError('ERR_SATP_SIGNER', 'sessionId: expected a session of this counterpart')
    return session.state.opened.role === 'originator'
      ? this.#takeAsOriginator(sealed, session)
      : this.#takeAsBeneficiary(sealed, session, counterpart)
  }

  async #open(sealed: SealedMessage, counterpart: Counterpart): Promise<Reply> {
    const { message } = sealed
    if (message.kind !== 'transfer-proposal-msg') throw new TypeError('expected a proposal')
    const { log, clock } = this.#ports
    const atMs = clock.nowMs()
    const transfer = transferOf(message)
    const end = this.#ports.endOf(transfer.toNetwork)
    checkProposal(message, { counterpart, isServed: end !== undefined, rules: this.#rules, nowMs: atMs })
    await this.#ports.accept?.(transfer, 'beneficiary', counterpart)
    await checkIsAbsent(end!, transfer.assetId)
    const { verifiedOriginatorEntityId: fromHolder } = message.transferInitClaim
    const session = await OpenSession.begin(
      transfer.transferId,
      { kind: 'opened', atMs, role: 'beneficiary', counterpart: counterpart.did, transfer, fromHolder, message: sealed.text },
      log,
      clock,
    )
    return this.#answer(sealed, session)
  }

  async #takeAsBeneficiary(sealed: SealedMessage, session: OpenSession, counterpart: Counterpart): Promise<Reply> {
    const known = knownReply(sealed, session)
    if (known !== undefined) return known
    if (session.state.pending?.hash !== sealed.hash) {
      // What came before is answered first; that its proof was refused is another message's affair.
      if (session.state.pending !== undefined) await this.#finish(session)
      judgeRequest(sealed, session.state, this.#ports.clock.nowMs())
      if (sealed.message.kind === 'commit-prepare-msg') await checkIsTakeable(session, counterpart, this.#ports)
      await session.append({ kind: 'received', message: sealed.text })
    }
    return this.#answer(sealed, session)
  }

  async #answer(sealed: SealedMessage, session: OpenSession): Promise<Reply> {
    await runBeneficiary(session, this.#ports, this.#rules)
    return knownReply(sealed, session) ?? { status: 204, body: undefined }
  }

  async #finish(session: OpenSession): Promise<void> {
    try {
      await runBeneficiary(session, this.#ports, this.#rules)
    } catch (error) {
      if (!(error instanceof SatpError && error.code === 'ERR_SATP_PROOF')) throw error
    }
  }

  /** All that a beneficiary may say by itself is that it gives up. */
  async #takeAsOriginator(sealed: SealedMessage, session: OpenSession): Promise<Reply> {
    const { message } = sealed
    const { state } = session
    if (message.kind !== 'session-abort-msg') throw new SatpError('ERR_SATP_STATE', 'messageType: expected an abort from a beneficiary')
    const taken: Reply = { status: 204, body: undefined }
    if (state.received['session-abort-msg']?.hash === sealed.hash) return taken
    if (!state.hashes.has(message.hashPrevMessage))
      throw new SatpError('ERR_SATP_HASH', 'hashPrevMessage: expected the hash of a message of the session')
    if (state.outcome !== null || state.asset === 'leaving' || state.asset === 'left')
      throw new SatpError('ERR_SATP_STATE', 'messageType: expected no abort after the title left')
    await session.append({ kind: 'received', message: sealed.text })
    return taken
  }

  async #abortAsOriginator(session: OpenSession): Promise<undefined> {
    const { asset, outcome, aborting } = session.state
    if (outcome !== null || asset === 'leaving' || asset === 'left')
      throw new SatpError('ERR_SATP_TOO_LATE', 'abort: expected a session whose title has not left')
    if (aborting === null) await session.append({ kind: 'aborting', reason: 'operator' })
  }

  /** @returns the abort, for the other to hear of */
  async #abortAsBeneficiary(session: OpenSession): Promise<string> {
    const { state } = session
    const isBound = state.pending?.message.kind === 'commit-prepare-msg' || state.pending?.message.kind === 'commit-final-msg'
    if (isBound || !['opened', 'agreed', 'commenced', 'asserted'].includes(phaseOf(state)))
      throw new SatpError('ERR_SATP_TOO_LATE', 'abort: expected a session in which nothing was promised')
    const counterpart = await this.#ports.counterparts.find(state.opened.counterpart)
    if (counterpart === undefined) throw new SatpError('ERR_SATP_COUNTERPART', 'counterpart: expected one that is allowed')
    const lastRequest = state.pending?.hash ?? [...state.answers.keys()].at(-1) ?? ''
    const abort = composeAbort(state, lastRequest, 'operator', this.#ports.clock.nowMs())
    const { text } = await sealMessage(abort, counterpart)
    await session.append({ kind: 'sent', message: text })
    return text
  }

  /** Said once: who did not hear it is told in answer to its next message. */
  async #tell(text: string, did: string): Promise<void> {
    const counterpart = await this.#ports.counterparts.find(did)
    if (counterpart === undefined) return
    try {
      await this.#ports.send(text, counterpart)
    } catch {
      // Not heard.
    }
  }

  async #refuse(sealed: SealedMessage, error: SatpError, counterpart: Counterpart): Promise<Reply> {
    const { kind } = sealed.message
    // Errors are not answered with errors, or two gateways would never stop.
    if (kind === 'error-msg') throw error
    const code = errorCodeFor(error, kind)
    const { text } = await sealMessage(composeError(sealed, code, this.#ports.clock.nowMs()), counterpart)
    return { status: protocolErrors[code][0], body: text }
  }

  #read(sessionId: string): Promise<OpenSession | undefined> {
    return OpenSession.read(sessionId, this.#ports.log, this.#ports.clock)
  }

  async #require(sessionId: string): Promise<OpenSession> {
    const session = await this.#read(sessionId)
    if (session === undefined) throw new SatpError('ERR_SATP_SESSION', 'sessionId: expected one that is known here')
    return session
  }
}

/** Messages that end a session and are not answered. */
const lastWords: readonly MessageType[] = ['session-abort-msg', 'commit-transfer-complete-msg']

/** The same message again has the same answer; after an abort of ours, everything has the abort, but for a proof. */
function knownReply({ message, hash }: SealedMessage, { state }: OpenSession): Reply | undefined {
  const answer = state.answers.get(hash)
  if (answer !== undefined) return { status: 200, body: answer.text }
  if (lastWords.includes(message.kind) && state.received[message.kind]?.hash === hash) return { status: 204, body: undefined }
  const abort = state.sent['session-abort-msg']
  const isProof = message.kind === 'commit-final-msg' || message.kind === 'commit-transfer-complete-msg'
  return abort === undefined || isProof ? undefined : { status: 200, body: abort.text }
}

function isOf({ state: { opened } }: OpenSession, request: TransferRequest): boolean {
  const { transfer } = opened
  return (
    opened.role === 'originator' &&
    opened.counterpart === request.counterpart &&
    transfer.assetId === request.assetId &&
    transfer.fromNetwork === request.fromNetwork &&
    transfer.toNetwork === request.toNetwork &&
    transfer.toHolder === request.toHolder
  )
}
