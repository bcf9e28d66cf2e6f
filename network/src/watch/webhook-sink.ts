import { bytesToHex, type Clock, hmacSha256, randomBytes, systemClock, utf8ToBytes } from '@hufu/primitives'
import type { AlarmChange } from './fleet.ts'

export interface WebhookOptions {
  /** Where to send; HTTPS, or HTTP on this machine. It may carry a secret, so it is never written anywhere. */
  readonly url: string
  /** Shared with the receiver, at least 16 bytes. */
  readonly secret: Uint8Array
  /** Told of what could not be delivered, in words without the URL. */
  readonly onTrouble?: (message: string) => void
  readonly clock?: Clock
  readonly fetch?: typeof globalThis.fetch
  readonly timeoutMs?: number
  /** Wait before the first retry; doubles up to a minute. */
  readonly firstRetryMs?: number
  /** How long one message is tried. */
  readonly giveUpAfterMs?: number
}

/** Sends alarms on. */
export interface WebhookSink {
  send(change: AlarmChange): void
  /** Waits until all is delivered or given up. */
  idle(): Promise<void>
  stop(): void
}

interface Message {
  readonly id: string
  readonly body: string
  readonly firstTriedMs: number
}

const maxWaiting = 1_000
const longestRetryMs = 60_000
const minSecretBytes = 16

/**
 * Posts each alarm that begins or ends as JSON, in order, again and again until the receiver says 2xx.
 *
 * `hufu-signature: t=<milliseconds>,v1=<hex>` is HMAC-SHA-256 of `<t>.<body>` under the shared secret: the receiver recomputes it, and refuses what is
 * older than some minutes. `hufu-delivery` names the message, so that one that arrives twice counts once.
 *
 * @throws TypeError: the URL is neither HTTPS nor on this machine, or the secret is too short
 */
export function webhookSink(options: WebhookOptions): WebhookSink {
  const url = checkedUrl(options.url)
  if (options.secret.length < minSecretBytes) throw new TypeError(`expected a secret of at least ${minSecretBytes} bytes`)
  const { secret, onTrouble = () => undefined, clock = systemClock, fetch = globalThis.fetch } = options
  const { timeoutMs = 5_000, firstRetryMs = 1_000, giveUpAfterMs = 3_600_000 } = options
  const stopping = new AbortController()
  let waiting: readonly Message[] = []
  let running: Promise<void> | undefined

  const deliver = async ({ id, body }: Message): Promise<string | null> => {
    const sentMs = clock.nowMs()
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'hufu-delivery': id,
          'hufu-signature': signWebhook(secret, sentMs, body),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]),
      })
      await response.body?.cancel()
      return response.ok ? null : `status ${response.status}`
    } catch (error) {
      // The message of a failed fetch may quote the URL.
      return error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'no connection'
    }
  }

  const run = async (): Promise<void> => {
    let retryMs = firstRetryMs
    while (waiting.length > 0 && !stopping.signal.aborted) {
      const message = waiting[0]!
      const failure = await deliver(message)
      const isOver = clock.nowMs() - message.firstTriedMs >= giveUpAfterMs
      if (failure === null || isOver) {
        if (failure !== null) onTrouble(`webhook: gave up on message ${message.id}: ${failure}`)
        waiting = waiting.filter(each => each !== message)
        retryMs = firstRetryMs
        continue
      }
      onTrouble(`webhook: ${failure}; again in ${Math.round(retryMs / 1000)} s`)
      await wait(retryMs, stopping.signal)
      retryMs = Math.min(2 * retryMs, longestRetryMs)
    }
  }

  return {
    send(change) {
      if (waiting.length >= maxWaiting) {
        onTrouble(`webhook: more than ${maxWaiting} messages wait; the oldest is dropped`)
        waiting = waiting.slice(1)
      }
      waiting = [...waiting, { id: bytesToHex(randomBytes(16)), body: JSON.stringify(change), firstTriedMs: clock.nowMs() }]
      running ??= run().finally(() => {
        running = undefined
      })
    },
    async idle() {
      while (running !== undefined) await running
    },
    stop() {
      stopping.abort()
    },
  }
}

/** Value of `hufu-signature` for a body sent at a time. */
export function signWebhook(secret: Uint8Array, sentMs: number, body: string): string {
  return `t=${sentMs},v1=${bytesToHex(hmacSha256(secret, utf8ToBytes(`${sentMs}.${body}`)))}`
}

function checkedUrl(text: string): string {
  const url = URL.parse(text)
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  if (url === null || (url.protocol !== 'https:' && !isLocal))
    throw new TypeError('expected an HTTPS URL of the webhook, or HTTP on this machine')
  return url.href
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
    function done(): void {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
