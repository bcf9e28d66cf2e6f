import type { JsonObject } from '@hufu/credentials'
import { ExchangeError } from '../errors.ts'
import { type Place, readJsonBytes, readObject } from '../json/read-json.ts'
import { refusedBy } from './refused-by.ts'
import { type Answer, type Message, send } from './send.ts'

/** A JSON object that was answered, with the status. */
export interface JsonAnswer {
  readonly status: number
  readonly json: JsonObject
  readonly headers: Headers
}

/**
 * Sends a request and reads the JSON object that is answered with one of the statuses; default 200.
 *
 * @throws ExchangeError as `send`, and `ERR_EXCHANGE_ANSWER`
 * @throws RefusedError the other side answered an error of the protocol
 */
export async function fetchJson(
  message: Omit<Message, 'accept' | 'maxBytes'> & { readonly maxBytes?: number },
  statuses: readonly number[] = [200],
): Promise<JsonAnswer> {
  const whole: Message = { maxBytes: 65_536, accept: ['application/json'], ...message }
  return readJsonAnswer(whole, await send(whole), statuses)
}

/** Reads an answer as {@link fetchJson} does. */
export function readJsonAnswer(message: Message, answer: Answer, statuses: readonly number[]): JsonAnswer {
  const { url, maxBytes } = message
  if (!statuses.includes(answer.status)) throw refusedBy(url, answer)
  if (answer.contentType !== 'application/json') throw new ExchangeError('ERR_EXCHANGE_ANSWER', `${url.host}: expected application/json`)
  const place: Place = { path: url.host, code: 'ERR_EXCHANGE_ANSWER' }
  return { status: answer.status, json: readObject(readJsonBytes(answer.bytes, place, maxBytes), place), headers: answer.headers }
}
