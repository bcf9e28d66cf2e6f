import { bytesToHex, type Clock, hmacSha256, type Json, randomBytes, utf8ToBytes } from '@hufu/primitives'
import type { Database, Jobs } from '@hufu/service'
import type { Logger } from 'pino'
import { Counter, type Registry } from 'prom-client'

/** Something that somebody should look at. It holds codes, hashes and DIDs of institutions, nothing of a person. */
export interface GatewayAlarm {
  readonly code: 'ALARM_GATEWAY_QUARANTINE'
  readonly reason: string
  readonly hash: string
  readonly counterpart: string | null
  readonly times: number
}

/** Where alarms are posted to. */
export interface AlarmWebhook {
  /** It may carry a secret: it is never written anywhere. */
  readonly url: string
  readonly secret: Uint8Array
  readonly fetch: typeof fetch
}

export interface AlarmOptions {
  readonly database: Database
  readonly jobs: Jobs
  readonly metrics: Registry
  readonly log: Logger
  readonly clock: Clock
  readonly webhook?: AlarmWebhook | undefined
}

const webhookJob = 'alarm webhook'

/**
 * Tells of alarms in the log, in the metrics, and by webhook. Posts wait in the database until they are taken (2xx), so that none is lost by a crash; each is signed
 * as the watchdog's are: `hufu-signature: t=<milliseconds>,v1=<HMAC-SHA-256 of t.body>`, and named by `hufu-delivery`, for one may arrive twice.
 */
export class Alarms {
  readonly #options: AlarmOptions
  readonly #counter: Counter

  constructor(options: AlarmOptions) {
    this.#options = options
    this.#counter = new Counter({
      name: 'hufu_gateway_quarantined_total',
      help: 'What failed proof or signature and had no effect, by reason',
      labelNames: ['reason'],
      registers: [options.metrics],
    })
    const { webhook } = options
    if (webhook !== undefined)
      options.jobs.work(webhookJob, (payload, signal) => post(webhook, payload as unknown as Post, options.clock.nowMs(), signal))
  }

  async raise(alarm: GatewayAlarm): Promise<void> {
    const { log, clock, database, jobs, webhook } = this.#options
    this.#counter.inc({ reason: alarm.reason })
    log.error({ alarm: alarm.code, reason: alarm.reason, hash: alarm.hash, counterpart: alarm.counterpart }, 'quarantined')
    if (webhook === undefined) return
    const waiting: Json = {
      id: bytesToHex(randomBytes(16)),
      body: JSON.stringify({ kind: 'raised', atMs: clock.nowMs(), alarm: { ...alarm } }),
    }
    // Of one that comes again and again one post waits at a time.
    await jobs.send(database, webhookJob, waiting, { key: `${alarm.reason} ${alarm.hash}` })
  }
}

interface Post {
  readonly id: string
  readonly body: string
}

async function post({ url, secret, fetch }: AlarmWebhook, { id, body }: Post, nowMs: number, signal: AbortSignal): Promise<void> {
  const signature = `t=${nowMs},v1=${bytesToHex(hmacSha256(secret, utf8ToBytes(`${nowMs}.${body}`)))}`
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'hufu-delivery': id, 'hufu-signature': signature },
    body,
    signal,
  })
  if (!response.ok) throw new Error('the webhook did not take an alarm')
}
