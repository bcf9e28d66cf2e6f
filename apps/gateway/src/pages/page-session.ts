import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** How long a browser stays signed in. */
export const sessionSeconds = 43_200

/**
 * Sign-ins of the page: a cookie with the time until which it counts, and an HMAC of that under the operator's token. Nothing is kept here; another token ends them
 * all. The page only shows: what changes something takes the token itself.
 */
export class PageSession {
  readonly #token: string
  readonly #cookieName: string
  readonly #isSecure: boolean

  constructor({ token, publicUrl }: { readonly token: string; readonly publicUrl: string }) {
    const { protocol, port } = new URL(publicUrl)
    this.#token = token
    this.#isSecure = protocol === 'https:'
    // Cookies do not tell ports apart, and several gateways may run on one machine.
    this.#cookieName = `${this.#isSecure ? '__Host-' : ''}hufu-gateway-${port || (this.#isSecure ? 443 : 80)}`
  }

  isToken(given: string): boolean {
    return isSame(given, this.#token)
  }

  /** Value of `Set-Cookie`. */
  cookie(nowMs: number): string {
    const untilMs = nowMs + sessionSeconds * 1000
    return `${this.#cookieName}=${untilMs}.${this.#sealOf(untilMs)}; ${this.#attributes(sessionSeconds)}`
  }

  /** Value of `Set-Cookie` that ends a sign-in. */
  get endingCookie(): string {
    return `${this.#cookieName}=; ${this.#attributes(0)}`
  }

  /** @param header - value of `Cookie` */
  isSignedIn(header: string | undefined, nowMs: number): boolean {
    const prefix = `${this.#cookieName}=`
    const value = (header ?? '')
      .split(';')
      .map(cookie => cookie.trim())
      .find(cookie => cookie.startsWith(prefix))
      ?.slice(prefix.length)
    const [, until, seal] = /^(\d{1,16})\.([A-Za-z0-9_-]{43})$/.exec(value ?? '') ?? []
    if (until === undefined || seal === undefined) return false
    return isSame(seal, this.#sealOf(Number(until))) && nowMs < Number(until)
  }

  #attributes(maxAgeSeconds: number): string {
    return `Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${this.#isSecure ? '; Secure' : ''}`
  }

  #sealOf(untilMs: number): string {
    return createHmac('sha256', this.#token).update(`hufu gateway page ${untilMs}`).digest('base64url')
  }
}

/** Compares in a time that tells nothing of either. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
}
