import { type Counterpart, type Send, satpMediaType } from '@hufu/satp'
import { GatewayError } from '../errors.ts'

/** Path at which gateways take messages. */
export const messagesPath = '/satp/v1/messages'

export interface HttpSendOptions {
  /** Must refuse addresses that are not to be asked. */
  readonly fetch: typeof fetch
  readonly urlOf: (did: string) => string | undefined
  readonly timeoutMs: number
  /** Aborted when the gateway ends: an answer that has not come is asked for again after the next start. */
  readonly closing: AbortSignal
  /** Told of each try: how it went. */
  readonly onSent: (outcome: 'answered' | 'failed') => void
}

/** Sends messages by HTTP. What is no answer of a gateway is a failure, after which the same message is sent again. */
export function sendOverHttp({ fetch, urlOf, timeoutMs, closing, onSent }: HttpSendOptions): Send {
  return async (message, to) => {
    try {
      const signal = AbortSignal.any([closing, AbortSignal.timeout(timeoutMs)])
      const answer = await post(fetch, `${requiredUrl(urlOf, to)}${messagesPath}`, message, signal)
      onSent('answered')
      return answer
    } catch (error) {
      onSent('failed')
      throw error
    }
  }
}

async function post(fetch: HttpSendOptions['fetch'], url: string, message: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': satpMediaType, accept: `${satpMediaType}, application/problem+json` },
    body: message,
    signal,
  })
  const text = await response.text()
  if (response.status === 204) return undefined
  // A refusal that is signed is an answer; any other is that of a proxy, or of a gateway that has no time or is switched off.
  if (response.headers.get('content-type')?.split(';')[0]?.trim() === satpMediaType) return text
  throw new GatewayError('ERR_GATEWAY_ANSWER', `the counterpart gave no signed answer: ${codeOf(text)}`)
}

/** Of a refusal only the code is passed on: whatever else the other side says is not ours to repeat. */
function codeOf(text: string): string {
  return /"code":"(ERR_[A-Z_]{1,60})"/.exec(text.slice(0, 4096))?.[1] ?? 'no code'
}

function requiredUrl(urlOf: HttpSendOptions['urlOf'], { did }: Counterpart): string {
  const url = urlOf(did)
  if (url === undefined) throw new GatewayError('ERR_GATEWAY_COUNTERPART', 'counterpart: expected one of those of this gateway')
  return url
}
