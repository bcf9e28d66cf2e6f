import { setTimeout as sleep } from 'node:timers/promises'
import type { Signer } from '@hufu/keys'

/** What became of messages. */
export interface FaultCounts {
  /** Tries to send one. */
  messages: number
  delivered: number
  lostQuestions: number
  lostAnswers: number
  repeated: number
  /** Came after others that were sent later. */
  late: number
  delayed: number
  falseQuestions: number
  falseAnswers: number
}

export interface UnreliableOptions {
  /** Carries a message. */
  readonly fetch: typeof fetch
  /** From 0 to 1. */
  readonly random: () => number
  /** Of somebody who is no counterpart. */
  readonly stranger: Signer
}

/** How many earlier messages a liar remembers. */
const remembered = 64

/** A way between gateways that loses, repeats, re-orders, delays, and lies: about four in ten messages. */
export function unreliableFetch({ fetch, random, stranger }: UnreliableOptions): {
  readonly fetch: typeof fetch
  readonly counts: FaultCounts
  settle(): Promise<void>
} {
  const counts: FaultCounts = {
    ...{
      messages: 0,
      delivered: 0,
      lostQuestions: 0,
      lostAnswers: 0,
      repeated: 0,
      late: 0,
      delayed: 0,
      falseQuestions: 0,
      falseAnswers: 0,
    },
  }
  const questions: string[] = []
  const answers: string[] = []
  /** Deliveries that nobody waits for. */
  const underWay = new Set<Promise<unknown>>()

  function keep(list: string[], text: string): void {
    list.push(text)
    if (list.length > remembered) list.shift()
  }

  async function deliver(input: Parameters<typeof globalThis.fetch>[0], init: RequestInit | undefined): Promise<Response> {
    counts.delivered++
    const response = await fetch(input, init)
    const text = await response.clone().text()
    if (response.status === 200) keep(answers, text)
    return response
  }

  function later(work: () => Promise<unknown>): void {
    const done = work()
      .catch(() => undefined)
      .finally(() => underWay.delete(done))
    underWay.add(done)
  }

  function pick(list: readonly string[]): string | undefined {
    return list[Math.floor(random() * list.length)]
  }

  /** Another message in its place: changed, signed by a stranger, or one of before. */
  async function falseOf(text: string, before: readonly string[]): Promise<string> {
    const kind = random()
    const [header = '', payload = '', signature = ''] = text.split('.')
    if (kind < 0.25) return [header, flipped(payload, random), signature].join('.')
    if (kind < 0.4) return [header, payload, flipped(signature, random)].join('.')
    if (kind < 0.6) {
      const forged = await stranger.sign(Buffer.from(`${header}.${payload}`))
      return [header, payload, Buffer.from(forged).toString('base64url')].join('.')
    }
    return pick(before) ?? ''
  }

  return {
    counts,
    async settle() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
    async fetch(input, init) {
      counts.messages++
      const body = String(init?.body)
      const fault = random()
      if (fault < 0.07) {
        counts.lostQuestions++
        throw new TypeError('fetch failed')
      }
      if (fault < 0.14) {
        await deliver(input, init)
        counts.lostAnswers++
        throw new TypeError('fetch failed')
      }
      if (fault < 0.21) {
        counts.repeated++
        const [first, second] = await Promise.allSettled([deliver(input, init), deliver(input, init)])
        const answer = random() < 0.5 ? first : second
        if (answer.status === 'rejected') throw answer.reason
        return answer.value
      }
      if (fault < 0.28) {
        counts.late++
        const pauseMs = 5 + random() * 60
        later(async () => {
          await sleep(pauseMs)
          await deliver(input, init)
        })
        throw new TypeError('fetch failed')
      }
      if (fault < 0.33) {
        counts.delayed++
        await sleep(random() * 25)
      }
      if (fault >= 0.33 && fault < 0.39) {
        counts.falseQuestions++
        return deliver(input, { ...init, body: await falseOf(body, questions) })
      }
      keep(questions, body)
      const answer = await deliver(input, init)
      if (fault < 0.93 || answer.status !== 200) return answer
      counts.falseAnswers++
      return new Response(await falseOf(await answer.text(), answers), { status: 200, headers: answer.headers })
    },
  }
}

/** One bit of base64url changed. */
function flipped(text: string, random: () => number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const at = Math.floor(random() * text.length)
  const changed = alphabet[alphabet.indexOf(text[at] ?? 'A') ^ (1 << Math.floor(random() * 6))]
  return `${text.slice(0, at)}${changed}${text.slice(at + 1)}`
}
