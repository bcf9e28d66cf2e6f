import { PlatformError } from '@hufu/primitives'
import type { Texts } from '@hufu/trust'
import { type WalletErrorCode, walletTexts } from './error-texts.ts'

export type { WalletErrorCode } from './error-texts.ts'

/** What the wallet refused or could not do: what happened, and what the person can do about it. */
export class WalletError extends PlatformError<WalletErrorCode> {
  /** What happened, for the person. */
  readonly reason: Texts
  /** What to do about it. */
  readonly fix: Texts
  /** Milliseconds until another try counts, where one has to wait. */
  readonly waitMs: number | undefined

  constructor(code: WalletErrorCode, message: string, options: { readonly cause?: unknown; readonly waitMs?: number } = {}) {
    super(code, message, 'cause' in options ? { cause: options.cause } : undefined)
    this.reason = walletTexts[code].reason
    this.fix = walletTexts[code].fix
    this.waitMs = options.waitMs
  }
}
