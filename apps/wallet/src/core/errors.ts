import { PlatformError } from '@hufu/primitives'
import type { Texts } from '@hufu/trust'
import { walletTexts } from './error-texts.ts'

export type WalletErrorCode =
  | 'ERR_WALLET_STATE'
  | 'ERR_WALLET_LOCKED'
  | 'ERR_WALLET_PIN_FORM'
  | 'ERR_WALLET_PIN'
  | 'ERR_WALLET_PIN_WAIT'
  | 'ERR_WALLET_PASSKEY'
  | 'ERR_WALLET_PASSKEY_UNSUPPORTED'
  | 'ERR_WALLET_STORE'
  | 'ERR_WALLET_NETWORK_FILE'
  | 'ERR_WALLET_OFFLINE'
  | 'ERR_WALLET_LINK'
  | 'ERR_WALLET_OFFER'
  | 'ERR_WALLET_ISSUER_UNTRUSTED'
  | 'ERR_WALLET_TX_CODE'
  | 'ERR_WALLET_OFFER_EXPIRED'
  | 'ERR_WALLET_CREDENTIAL'
  | 'ERR_WALLET_REQUEST'
  | 'ERR_WALLET_REQUEST_EXPIRED'
  | 'ERR_WALLET_VERIFIER_UNKNOWN'
  | 'ERR_WALLET_VERIFIER_SUSPENDED'
  | 'ERR_WALLET_QUERY_UNREGISTERED'
  | 'ERR_WALLET_QUERY_EXCESSIVE'
  | 'ERR_WALLET_NO_MATCH'
  | 'ERR_WALLET_CREDENTIAL_SUSPENDED'
  | 'ERR_WALLET_CREDENTIAL_REVOKED'
  | 'ERR_WALLET_CREDENTIAL_EXPIRED'
  | 'ERR_WALLET_COPIES_USED'
  | 'ERR_WALLET_NOT_SATISFIED'
  | 'ERR_WALLET_NOT_IN_TREE_YET'
  | 'ERR_WALLET_PROVER'
  | 'ERR_WALLET_ANSWER_REFUSED'
  | 'ERR_WALLET_CANCELLED'
  | 'ERR_WALLET_BACKUP_FORM'
  | 'ERR_WALLET_BACKUP_VERSION'
  | 'ERR_WALLET_BACKUP_PASSPHRASE'
  | 'ERR_WALLET_BACKUP_NETWORK'
  | 'ERR_WALLET_PASSPHRASE_WEAK'

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
