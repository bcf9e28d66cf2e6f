import type { Signer } from '@hufu/keys'
import { refusedBy } from '../http/refused-by.ts'
import { type Answer, type Message, send } from '../http/send.ts'
import { createDpopProof } from './dpop.ts'

/** What makes a proof for each request; without a signer there is none. */
export interface DpopOptions {
  readonly dpop?: Signer
  readonly nowMs: number
}

/** Sends a request with a proof, and once more if the server wants its nonce in it (RFC 9449 §8, §9). @throws ExchangeError as `send` */
export async function sendWithDpop(message: Message, { dpop, nowMs }: DpopOptions, accessToken?: string): Promise<Answer> {
  if (dpop === undefined) return send(message)
  const attempt = async (nonce: string | null) => {
    const proof = await createDpopProof({
      signer: dpop,
      method: message.method,
      url: message.url.href,
      nowMs,
      ...(accessToken === undefined ? {} : { accessToken }),
      ...(nonce === null ? {} : { nonce }),
    })
    return send({ ...message, headers: { ...message.headers, dpop: proof } })
  }
  const answer = await attempt(null)
  const nonce = answer.headers.get('dpop-nonce')
  return nonce !== null && wantsNonce(message.url, answer) ? attempt(nonce) : answer
}

function wantsNonce(url: URL, answer: Answer): boolean {
  if (answer.status !== 400 && answer.status !== 401) return false
  const refused = refusedBy(url, answer)
  return 'error' in refused && refused.error === 'use_dpop_nonce'
}
