/** How much one client may ask for: so much a second over time, and so much at once after a pause. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/**
 * A token bucket for each client, in this process: with n replicas behind a load balancer a client may ask for up to n times as much.
 * The memory is bounded: of very many clients the one that was silent longest is forgotten, and starts anew.
 */
export class TokenBuckets {
  readonly #rate: Rate
  readonly #maxClients: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, maxClients = 50_000) {
    this.#rate = rate
    this.#maxClients = maxClients
  }

  /** Takes one token. @returns 0, or how long to wait until there is one, in milliseconds */
  take(client: string, nowMs: number): number {
    const { perSecond, burst } = this.#rate
    const bucket = this.#buckets.get(client) ?? { tokens: burst, atMs: nowMs }
    const tokens = Math.min(burst, bucket.tokens + (Math.max(0, nowMs - bucket.atMs) * perSecond) / 1000)
    // Put at the end, so that the first one is the one that was silent longest.
    this.#buckets.delete(client)
    const isEnough = tokens >= 1
    this.#buckets.set(client, { tokens: isEnough ? tokens - 1 : tokens, atMs: nowMs })
    this.#forget()
    return isEnough ? 0 : ((1 - tokens) * 1000) / perSecond
  }

  #forget(): void {
    if (this.#buckets.size <= this.#maxClients) return
    for (const client of this.#buckets.keys()) {
      this.#buckets.delete(client)
      return
    }
  }
}
