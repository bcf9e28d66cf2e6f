import { bytesToBase64url, type Clock, randomBytes } from '@hufu/primitives'
import type { Vault } from '@hufu/service'

const lifetimeMs = 300_000

/**
 * Nonces for key proofs. One carries its end and a keyed digest, so that every replica knows its own and none is kept before it is used; that it is used once is
 * for whoever takes it to see to.
 */
export class Nonces {
  readonly #vault: Vault
  readonly #clock: Clock

  constructor(vault: Vault, clock: Clock) {
    this.#vault = vault
    this.#clock = clock
  }

  create(): string {
    const content = `${(this.#clock.nowMs() + lifetimeMs).toString(36)}.${bytesToBase64url(randomBytes(16))}`
    return `${content}.${this.#vault.digest('c_nonce', content)}`
  }

  /** @returns until when it counts; undefined if it is not ours, or no longer counts */
  untilMsOf(nonce: string): number | undefined {
    const [end, random, digest, ...rest] = nonce.split('.')
    if (end === undefined || random === undefined || rest.length > 0) return undefined
    if (digest !== this.#vault.digest('c_nonce', `${end}.${random}`)) return undefined
    const untilMs = Number.parseInt(end, 36)
    return this.#clock.nowMs() < untilMs ? untilMs : undefined
  }
}
