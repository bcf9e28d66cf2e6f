import { callbackSuccess, fabricCallbackBody, type MacSigner, type RequestHeader, sealRequest } from '@hufu/pcn'
import { isLoopback } from '@hufu/service'
import type { DueCallback } from './event-book.ts'

/** Settings of {@link CallbackSender}. */
export interface CallbackSenderOptions {
  readonly header: RequestHeader
  readonly signer: MacSigner
  /** Waits; rejects or settles when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Posts and gives the answer's text; default by `fetch`, to this machine only. */
  readonly post?: (url: string, text: string, signal: AbortSignal) => Promise<string>
}

/** When a callback that was not taken is told again, in seconds after the first time (§5.4.3.17). */
const retryAfterSeconds = [3, 12, 27, 48] as const
const answerWithinMs = 5_000

/** Tells of events until the other side says that it was told, five times at most. */
export class CallbackSender {
  readonly #options: CallbackSenderOptions
  readonly #stopped = new AbortController()
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: CallbackSenderOptions) {
    this.#options = options
  }

  /** Begins to deliver; does not wait for it. */
  send(callback: DueCallback): void {
    const delivery: Promise<void> = this.#deliver(callback).finally(() => this.#underWay.delete(delivery))
    this.#underWay.add(delivery)
  }

  /** Until everything is delivered, or was tried often enough. */
  async idle(): Promise<void> {
    await Promise.all(this.#underWay)
  }

  /** Gives up what is not delivered. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.idle()
  }

  async #deliver({ notifyUrl, body }: DueCallback): Promise<void> {
    const { header, signer, sleep } = this.#options
    const { signal } = this.#stopped
    const text = await sealRequest(fabricCallbackBody, header, body, signer)
    let before = 0
    for (const after of [0, ...retryAfterSeconds]) {
      if (after > before) await sleep((after - before) * 1_000, signal)
      if (signal.aborted || (await this.#isTaken(notifyUrl, text))) return
      before = after
    }
  }

  async #isTaken(url: string, text: string): Promise<boolean> {
    const { post = postHere } = this.#options
    try {
      const answer = await post(url, text, AbortSignal.any([this.#stopped.signal, AbortSignal.timeout(answerWithinMs)]))
      return answer.includes(callbackSuccess)
    } catch {
      return false
    }
  }
}

/** A stand-in has no business outside of the machine that it is tried on. */
async function postHere(url: string, body: string, signal: AbortSignal): Promise<string> {
  if (!isLoopback(new URL(url).hostname)) throw new TypeError('expected an address of this machine')
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal, redirect: 'error' })
  const text = await answer.text()
  return answer.ok ? text : ''
}
