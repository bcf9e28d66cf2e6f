import { LedgerError, NodeError } from './errors.ts'

/** How to reach a node, and how much of its time and words to take. */
export interface RpcOptions {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutMs: number
  readonly maxAnswerBytes: number
}

interface WaitingCall {
  readonly id: number
  readonly body: string
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

// One request costs a client more than the call in it, so calls that pile up behind four requests go out together.
const maxRequestsInFlight = 4
// neo-go takes at most 100 calls and 5 MiB in one request.
const maxCallsPerRequest = 100
const maxRequestLength = 2_000_000

/** JSON-RPC 2.0 over HTTP with one node. Nothing in an answer is trusted but its form. */
export class RpcNode {
  readonly #url: string
  readonly #options: RpcOptions
  readonly #waiting: WaitingCall[] = []
  #inFlight = 0
  #nextId = 1

  constructor(url: string, options: RpcOptions) {
    this.#url = url
    this.#options = options
  }

  /**
   * Calls a method and gives its result, unparsed.
   *
   * @throws NodeError: the node refused
   * @throws LedgerError `ERR_LEDGER_UNREACHABLE`: no answer, or none in time; `ERR_LEDGER_ANSWER`: not JSON-RPC, or too long
   */
  call(method: string, params: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++
      const body = JSON.stringify({ jsonrpc: '2.0', id, method, params })
      this.#waiting.push({ id, body, resolve, reject })
      queueMicrotask(() => this.#sendWaiting())
    })
  }

  #sendWaiting(): void {
    while (this.#waiting.length > 0 && this.#inFlight < maxRequestsInFlight) {
      const calls = this.#takeCalls(Math.ceil(this.#waiting.length / (maxRequestsInFlight - this.#inFlight)))
      this.#inFlight++
      void this.#send(calls).finally(() => {
        this.#inFlight--
        this.#sendWaiting()
      })
    }
  }

  #takeCalls(count: number): readonly WaitingCall[] {
    let taken = 1
    let length = this.#waiting[0]!.body.length
    while (taken < Math.min(count, maxCallsPerRequest)) {
      length += this.#waiting[taken]!.body.length
      if (length > maxRequestLength) break
      taken++
    }
    return this.#waiting.splice(0, taken)
  }

  /** Settles every call; never rejects. */
  async #send(calls: readonly WaitingCall[]): Promise<void> {
    try {
      const body = calls.length === 1 ? calls[0]!.body : `[${calls.map(call => call.body).join(',')}]`
      const answer = parseAnswer(await this.#post(body))
      const answers = new Map((Array.isArray(answer) ? answer : [answer]).map(each => [idOf(each), each]))
      for (const call of calls) settle(call, answers.get(call.id))
    } catch (error) {
      for (const call of calls) call.reject(error)
    }
  }

  async #post(body: string): Promise<string> {
    const { fetch, timeoutMs, maxAnswerBytes } = this.#options
    try {
      const response = await fetch(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (!response.ok) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected HTTP status 200')
      return await readText(response, maxAnswerBytes)
    } catch (cause) {
      if (cause instanceof LedgerError) throw cause
      throw new LedgerError('ERR_LEDGER_UNREACHABLE', 'node gave no answer', { cause })
    }
  }
}

/** The body as text, unless it is longer than allowed. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  // HTTP holds a body to its declared length; one without is counted as it comes.
  const declared = Number(response.headers.get('content-length') ?? Number.NaN)
  if (declared <= maxBytes) return response.text()
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  let text = ''
  let received = 0
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    received += part.value.length
    if (received > maxBytes) {
      await reader?.cancel()
      throw new LedgerError('ERR_LEDGER_ANSWER', `expected an answer of at most ${maxBytes} bytes`)
    }
    text += decoder.decode(part.value, { stream: true })
  }
  return text + decoder.decode()
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new LedgerError('ERR_LEDGER_ANSWER', 'expected a JSON answer')
  }
}

function idOf(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null ? (answer as { id?: unknown }).id : undefined
}

function settle(call: WaitingCall, answer: unknown): void {
  const { result, error } = (answer ?? {}) as { result?: unknown; error?: unknown }
  if (typeof error === 'object' && error !== null) {
    const { code, message, data } = error as { code?: unknown; message?: unknown; data?: unknown }
    const reason = [message, data].filter(part => typeof part === 'string' && part !== '').join(': ')
    call.reject(
      Number.isInteger(code) ? new NodeError(code as number, reason) : new LedgerError('ERR_LEDGER_ANSWER', 'expected an error code'),
    )
  } else if (result === undefined) call.reject(new LedgerError('ERR_LEDGER_ANSWER', 'expected a result to the call'))
  else call.resolve(result)
}
