import type { NetworkId } from '@hufu/chains'
import { errorCode, type Json } from '@hufu/primitives'
import type { Progress, Reply, SessionStatus, TransferGateway } from '@hufu/satp'
import type { Database, Jobs } from '@hufu/service'
import type { Logger } from 'pino'
import { GatewayError } from '../errors.ts'
import type { NetworkSwitches } from '../networks/network-switches.ts'
import type { DatabaseSessionLog } from './database-session-log.ts'
import type { SessionBook } from './session-book.ts'
import { sessionIdOf } from './session-id-of.ts'

/** What an operator asks for. */
export interface AskedTransfer {
  readonly assetId: string
  readonly fromNetwork: NetworkId
  readonly toNetwork: NetworkId
  readonly toHolder: string
  readonly counterpart: string
  readonly transferId?: string
}

export interface TransferDeskOptions {
  readonly satp: TransferGateway
  readonly sessions: DatabaseSessionLog
  readonly book: SessionBook
  readonly switches: NetworkSwitches
  readonly database: Database
  readonly jobs: Jobs
  readonly log: Logger
  readonly lockForMs: number
  /** How often transfers are looked for that nobody goes on with. */
  readonly lookEveryMs: number
  /** Pause after a failure that nobody foresaw. */
  readonly maxRetryMs: number
  readonly nowMs: () => number
}

const advanceJob = 'gateway transfer'
const lookJob = 'gateway look'
/** Transfers that are gone on with at one time. */
const atOnce = 8

/**
 * Begins transfers, and goes on with each until it is over: after a crash, a lost answer, or a network that was off, from where its log says. Which are to be gone
 * on with, and when, is in the database. One process works on it at a time; of two the log lets one write.
 */
export class TransferDesk {
  readonly #options: TransferDeskOptions
  #isClosing = false
  #resuming: Promise<void> = Promise.resolve()

  constructor(options: TransferDeskOptions) {
    this.#options = options
  }

  /** Goes on with what was under way, at once: whoever had it before may have ended without giving it back. Then looks now and then. */
  start(): void {
    const { jobs, lookEveryMs, log } = this.#options
    this.#resuming = this.#resume().catch(error => log.error({ err: error }, 'transfers under way could not be looked for'))
    jobs.work(advanceJob, payload => this.#goOn(String(payload)), { atOnce })
    jobs.work(lookJob, () => this.lookForAll(), { everyMs: lookEveryMs })
  }

  /** Settles once nothing is being gone on with that is no background work. */
  async close(): Promise<void> {
    this.#isClosing = true
    await this.#resuming
  }

  /** Asks for every transfer under way to be gone on with. */
  async lookForAll(): Promise<void> {
    for (const sessionId of await this.#options.sessions.open()) await this.#ask(sessionId)
  }

  /**
   * Begins a transfer; the same one again if its identifier is given and known.
   *
   * @throws GatewayError `ERR_GATEWAY_OFF`, `ERR_GATEWAY_NETWORK`; SatpError, ChainError: why it cannot begin
   */
  async begin(asked: AskedTransfer): Promise<SessionStatus> {
    const { satp, switches, lockForMs } = this.#options
    await switches.requireOn(asked.fromNetwork, asked.toNetwork)
    const status = await satp.begin({ ...asked, lockForMs })
    await this.#ask(status.sessionId)
    return status
  }

  /**
   * Gives a transfer up, as long as the title has not left.
   *
   * @throws GatewayError `ERR_GATEWAY_UNKNOWN`; SatpError `ERR_SATP_TOO_LATE`
   */
  async abort(sessionId: string): Promise<void> {
    const { satp, book } = this.#options
    requireTransfer(await book.find(sessionId))
    await this.#noted(() => satp.abort(sessionId))
  }

  /**
   * Takes a message of another gateway.
   *
   * @throws GatewayError `ERR_GATEWAY_OFF`: its transfer stands still, and the message is to be sent again later; SatpError as `TransferGateway.receive`
   */
  async receive(message: string): Promise<Reply> {
    const { satp, book, switches } = this.#options
    const sessionId = sessionIdOf(message)
    const session = sessionId === undefined ? undefined : await book.find(sessionId)
    if (session !== undefined) await switches.requireOn(session.transfer.fromNetwork, session.transfer.toNetwork)
    const reply = await satp.receive(message).catch(throwReason)
    const status = sessionId === undefined ? undefined : await satp.status(sessionId)
    if (status === undefined || status.records === session?.records) return reply
    await book.note({ status, againAtMs: null, problem: null })
    // A beneficiary has done what there was to do, and for its times the next look is early enough.
    if (status.role === 'originator') await this.#ask(status.sessionId)
    return reply
  }

  async #resume(): Promise<void> {
    const waiting = [...(await this.#options.sessions.open())]
    const work = async (): Promise<void> => {
      for (let sessionId = waiting.shift(); sessionId !== undefined && !this.#isClosing; sessionId = waiting.shift())
        await this.#goOn(sessionId)
    }
    await Promise.all(Array.from({ length: atOnce }, work))
  }

  async #goOn(sessionId: string): Promise<void> {
    const { satp, book, switches, log, maxRetryMs } = this.#options
    const session = await book.find(sessionId)
    if (session === undefined || session.outcome !== null) return
    // It stands still: whoever switches the network on asks for it again, and so does the next look.
    if (!(await switches.areOn(session.transfer.fromNetwork, session.transfer.toNetwork))) return
    try {
      await this.#noted(() => satp.advance(sessionId))
    } catch (error) {
      log.error({ err: error, session: sessionId }, 'a transfer failed')
      await this.#ask(sessionId, maxRetryMs)
    }
  }

  /** Writes down how far a transfer got, and has it gone on with when there is something to do. */
  async #noted(work: () => Promise<Progress>): Promise<void> {
    const { book, log, nowMs } = this.#options
    const progress = await work()
    const { againAtMs, problem, status } = progress
    await book.note(progress)
    if (problem !== undefined && problem !== null)
      log.warn({ err: problem, session: status.sessionId, asset: status.asset }, 'a transfer waits')
    if (againAtMs !== null && status.outcome === null) await this.#ask(status.sessionId, Math.max(0, againAtMs - nowMs()))
  }

  async #ask(sessionId: string, afterMs = 0): Promise<void> {
    const { jobs, database } = this.#options
    await jobs.send(database, advanceJob, sessionId satisfies Json, { key: sessionId, afterMs })
  }
}

/** That a network is off is said as such: to who sends, it is all that the message has to wait for. */
function throwReason(error: unknown): never {
  const isWaiting = errorCode(error) === 'ERR_SATP_WAITING'
  throw isWaiting && (error as Error).cause instanceof GatewayError ? (error as Error).cause : error
}

/** @throws GatewayError `ERR_GATEWAY_UNKNOWN` */
export function requireTransfer<Found>(found: Found | undefined): Found {
  if (found === undefined) throw new GatewayError('ERR_GATEWAY_UNKNOWN', 'transfer: there is none of that identifier here')
  return found
}
