import type { Json } from '@hufu/primitives'
import type { Language, StatementInWords } from '@hufu/proofs'
import type { Texts } from '@hufu/trust'
import type { WalletErrorCode } from './errors.ts'

/** `new`: nothing kept yet. `locked`: everything sealed. `open`: the keys are in memory. */
export type WalletState = 'new' | 'locked' | 'open'

/** By what the wallet's seed is wrapped. */
export type UnlockMethod = 'pin' | 'passkey'

/** How a person opens the wallet. A PIN has 6 to 12 digits, not all the same and not in a row. A passkey asks the person itself (WebAuthn with PRF). */
export type Unlocking = { readonly pin: string } | { readonly passkey: true }

/** A person's settings. They are readable while the wallet is locked, and hold nothing personal. */
export interface WalletSettings {
  readonly language: Language
  /** Milliseconds without use after which the wallet locks itself; 0: only when asked. Default 300,000. */
  readonly autoLockMs: number
}

/** Who stands on the other side. */
export interface Party {
  readonly did: string
  readonly name: Texts
  /** True where the name stands in the wallet's own network file, false where it is only what the other side calls itself. */
  readonly nameVerified: boolean
  /** Origin of its server, such as `https://bank.example`. */
  readonly origin?: string
}

/** A claim for people. */
export interface ShownClaim {
  /** DCQL path: names from the top. */
  readonly path: readonly string[]
  readonly title: Texts
  readonly value: Json
  /** The value as people write it: yes or no, a code's meaning where the schema gives it, else the value. */
  readonly text: Texts
}

export type CredentialStatus = 'valid' | 'suspended' | 'revoked' | 'expired' | 'unknown'

/** A credential, with all the forms in which the wallet has it. */
export interface HeldCredential {
  readonly id: string
  readonly issuer: Party
  /** Such as `urn:hufu:resident`. */
  readonly typeId: string
  readonly title: Texts
  readonly description?: Texts
  readonly claims: readonly ShownClaim[]
  readonly issuedAtMs: number
  /** The first moment at which it no longer counts. */
  readonly expiresAtMs?: number
  readonly status: CredentialStatus
  /** When the status was last looked up; absent if never. */
  readonly statusCheckedAtMs?: number
  /** Copies that were not shown yet, of those issued: each is shown once. */
  readonly copiesLeft: number
  readonly copiesIssued: number
  /** `none`: no such credential. `waiting`: the issuer has not put it on the ledger yet, or no epoch has it yet. `ready`: proofs can be made. */
  readonly zk: { readonly state: 'none' | 'waiting' | 'ready'; readonly preparedProofs: number }
}

/** What the wallet refuses at once, with the reason for the person. */
export interface Refusal {
  readonly kind: 'refused'
  readonly code: WalletErrorCode
  readonly reason: Texts
  readonly fix: Texts
  /** Who asked or offered, as far as that is known. */
  readonly party?: Party
  /** Whether trying the same link again may succeed: the network failed, the credential is too new. */
  readonly retry: boolean
}

/** A rule that the wallet looked at, in a sentence. */
export interface Check {
  readonly id: 'identifier' | 'signature' | 'institution' | 'authority' | 'right' | 'query' | 'return-address' | 'network'
  readonly text: Texts
  /** Block as of which the ledger was read, where it was. */
  readonly blockIndex?: number
}

/** Something that the person should know before going on. */
export interface Warning {
  readonly id: 'name-unverified' | 'last-copy' | 'recognises-you' | 'kept-long' | 'status-unknown' | 'identifies-you' | 'only-same-device'
  readonly text: Texts
}

/** A credential offer, checked and ready to accept. */
export interface Offer {
  readonly kind: 'offer'
  /** Names the offer within this session. */
  readonly id: string
  readonly issuer: Party
  /** True: proven by the light client that the issuer may issue all of them now. (An untrusted one is a refusal.) */
  readonly trusted: true
  readonly checks: readonly Check[]
  readonly warnings: readonly Warning[]
  readonly credentials: readonly OfferedCredential[]
  /** Whether the issuer asks for a collection code, and of what form. */
  readonly txCode?: { readonly length?: number; readonly numeric: boolean; readonly description?: string }
}

export interface OfferedCredential {
  readonly typeId: string
  readonly title: Texts
  readonly description?: Texts
  /** What the credential will say, by titles. */
  readonly fields: readonly Texts[]
  readonly formats: readonly ('dc+sd-jwt' | 'hufu_zk')[]
  /** One-time copies that will be asked for. */
  readonly copies: number
  /** True if the wallet already has one of this type from this issuer: it will be replaced. */
  readonly replaces: boolean
}

/** A presentation request, checked and ready to be answered. */
export interface PresentationRequest {
  readonly kind: 'request'
  /** Names the request within this session. */
  readonly id: string
  readonly verifier: Party
  /** What was checked; each rule held, or it would be a refusal. */
  readonly checks: readonly Check[]
  readonly query: {
    readonly id: string
    readonly version: number
    readonly purpose: Texts
    readonly legalBasis: Texts
    /** 0: not kept at all. */
    readonly retentionDays: number
  }
  /** Ways to answer, the best first; at least one. */
  readonly options: readonly AnswerOption[]
  readonly warnings: readonly Warning[]
  /** What the person agrees to besides, such as handing over a record; empty for most. */
  readonly transaction: readonly TransactionDetail[]
  /** Of what kinds that is, as the verifier says it (`urn:hufu:hand-over`, …). */
  readonly transactionTypes?: readonly string[]
  /** After the answer the browser goes back to the verifier (same device), or the other screen goes on (cross-device). */
  readonly returns: 'same-device' | 'cross-device'
  readonly expiresAtMs?: number
}

/** One way to answer: which credentials, what of them is shown, and what is only proven. */
export interface AnswerOption {
  readonly id: string
  readonly credentials: readonly {
    readonly credentialId: string
    readonly typeId: string
    readonly title: Texts
    readonly issuer: Party
    readonly format: 'dc+sd-jwt' | 'hufu_zk'
    /** What the verifier gets to read. */
    readonly shows: readonly ShownClaim[]
    /** What is proven without being shown, and what stays hidden: whole sentences. Of `hufu_zk` only. */
    readonly statement?: Readonly<Record<Language, StatementInWords>>
    /** True if a proof is ready, so that answering takes well under a second. */
    readonly prepared: boolean
  }[]
}

export interface TransactionDetail {
  readonly title: Texts
  readonly text: Texts
}

/** How far something long has come. */
export interface Progress {
  readonly step:
    | 'connecting'
    | 'authorising'
    | 'making-keys'
    | 'collecting'
    | 'checking'
    | 'keeping'
    | 'loading-circuit'
    | 'reading-tree'
    | 'proving'
    | 'signing'
    | 'sending'
    | 'done'
  readonly text: Texts
  /** From 0 to 1. */
  readonly fraction: number
}

export interface ProgressOptions {
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

export interface AcceptedOffer {
  /** Identifiers of the credentials that are now held. */
  readonly credentialIds: readonly string[]
  /** True while the zero-knowledge form is still on its way; it is collected in the background. */
  readonly zkWaiting: boolean
}

export interface SentAnswer {
  readonly historyId: string
  /** Where the browser goes now, on the verifier's own origin; same-device only. */
  readonly redirectUri?: string
}

/** What happened once: it stands only in this wallet, sealed, and leaves it only in a backup. */
export interface HistoryEntry {
  readonly id: string
  readonly timeMs: number
  readonly action: 'received' | 'presented' | 'declined' | 'refused' | 'failed' | 'removed' | 'status-changed' | 'restored'
  readonly party?: Party
  readonly purpose?: Texts
  readonly legalBasis?: Texts
  readonly retentionDays?: number
  readonly queryId?: string
  /** Titles of the credentials that it was about. */
  readonly credentials: readonly Texts[]
  /** What was read by the other side. */
  readonly shown: readonly ShownClaim[]
  /** What was only proven, in sentences. */
  readonly proven: readonly Texts[]
  readonly transaction: readonly TransactionDetail[]
  /** Why it was refused or failed. */
  readonly code?: WalletErrorCode
  readonly reason?: Texts
}

/** How the wallet stands to the network. */
export interface Connection {
  readonly online: boolean
  /** Name of the network. */
  readonly network: string
  /** The newest block whose validators' signatures the wallet has checked. */
  readonly blockIndex?: number
  readonly checkedAtMs?: number
}

/** Something changed: read it again. */
export type WalletEvent =
  | { readonly type: 'state'; readonly state: WalletState }
  | { readonly type: 'credentials' | 'history' | 'settings' | 'connection' }
  /** A status of one's own credential was noticed to have changed. */
  | { readonly type: 'status-changed'; readonly credentialId: string; readonly status: CredentialStatus }

/** A backup to be saved as a file. */
export interface BackupFile {
  /** Such as `hufu-wallet-2026-03-01.backup`. */
  readonly fileName: string
  readonly text: string
}

/**
 * The wallet's core. It knows no page: pages call it, and read again on its events. All that can go wrong on purpose is a `WalletError` with texts for the
 * person; `open` gives such a thing back as a {@link Refusal} instead, for it is an answer there.
 */
export interface Wallet {
  readonly state: WalletState
  /** By what it is opened; undefined while it is new. */
  readonly method: UnlockMethod | undefined
  readonly settings: WalletSettings
  readonly connection: Connection
  /** Milliseconds until another PIN can be tried; 0: now. */
  readonly pinWaitMs: number
  /** Whether this browser can wrap the seed by a passkey (WebAuthn with PRF), as far as it tells beforehand. */
  canUsePasskey(): Promise<boolean>

  /** Makes a wallet. @throws WalletError `ERR_WALLET_STATE`, `ERR_WALLET_PIN_FORM`, `ERR_WALLET_PASSKEY`, `ERR_WALLET_PASSKEY_UNSUPPORTED`, `ERR_WALLET_STORE` */
  create(by: Unlocking): Promise<void>
  /** @throws WalletError `ERR_WALLET_PIN`, `ERR_WALLET_PIN_WAIT` (with `waitMs`), `ERR_WALLET_PASSKEY`, `ERR_WALLET_STATE` */
  unlock(by: Unlocking): Promise<void>
  /** Forgets the keys. */
  lock(): void
  /** Wraps the seed anew. @param from - opens it as it is now. @throws WalletError as {@link unlock} and {@link create} */
  changeMethod(from: Unlocking, to: Unlocking): Promise<void>
  /** Tells that the person is there, so that the wallet does not lock itself. */
  touch(): void
  updateSettings(changes: Partial<WalletSettings>): Promise<void>

  /** What the wallet holds, the newest first. @throws WalletError `ERR_WALLET_LOCKED` */
  credentials(): Promise<readonly HeldCredential[]>
  /** Removes a credential with all its copies and proofs from this device; the history keeps that it was there. */
  remove(credentialId: string): Promise<void>
  /** Looks up statuses, collects what was deferred, and makes proofs ahead; it also runs by itself now and then. Never throws for the network. */
  refresh(): Promise<void>

  /**
   * Reads what a person scanned, pasted or followed: `openid-credential-offer:`, `openid4vp:` or a wallet link, and checks it as far as that goes without
   * telling the other side anything about the person.
   *
   * @param options.from - `scan`: the code was on another screen, so that the answer ends here; default `link`, which leads back to where it came from
   * @throws WalletError `ERR_WALLET_LOCKED`
   */
  open(text: string, options?: { readonly from?: 'link' | 'scan' }): Promise<Offer | PresentationRequest | Refusal>
  /**
   * Collects what is offered.
   *
   * @throws WalletError `ERR_WALLET_TX_CODE`: try again; `ERR_WALLET_OFFER_EXPIRED`, `ERR_WALLET_CREDENTIAL`, `ERR_WALLET_OFFLINE`, `ERR_WALLET_CANCELLED`
   */
  accept(offer: Offer, options?: ProgressOptions & { readonly txCode?: string }): Promise<AcceptedOffer>
  /**
   * Answers a request. One copy or one prepared proof of each credential is used up, whether the answer arrives or not.
   *
   * @param optionId - of the request's options
   * @throws WalletError `ERR_WALLET_REQUEST_EXPIRED`, `ERR_WALLET_COPIES_USED`, `ERR_WALLET_CREDENTIAL_REVOKED`, `ERR_WALLET_CREDENTIAL_SUSPENDED`,
   *   `ERR_WALLET_NOT_SATISFIED`, `ERR_WALLET_NOT_IN_TREE_YET`, `ERR_WALLET_PROVER`, `ERR_WALLET_ANSWER_REFUSED`, `ERR_WALLET_OFFLINE`, `ERR_WALLET_CANCELLED`
   */
  answer(request: PresentationRequest, optionId: string, options?: ProgressOptions): Promise<SentAnswer>
  /** Tells the verifier that the person declined, and nothing else. */
  decline(request: PresentationRequest): Promise<{ readonly redirectUri?: string }>

  /** What happened, the newest first. @throws WalletError `ERR_WALLET_LOCKED` */
  history(): Promise<readonly HistoryEntry[]>

  /**
   * Everything as an encrypted file. Half of the copies that are left are set aside for it, so that no copy is shown by two devices.
   *
   * @param passphrase - at least 12 characters
   * @param by - who opens the wallet once more: only so does the seed come to light
   * @throws WalletError `ERR_WALLET_PASSPHRASE_WEAK`, `ERR_WALLET_LOCKED`; and as {@link unlock}
   */
  backup(passphrase: string, by: Unlocking): Promise<BackupFile>
  /**
   * Makes this new wallet the one of a backup, opened by a method of its own.
   *
   * @throws WalletError `ERR_WALLET_STATE`: only a new wallet; `ERR_WALLET_BACKUP_FORM`, `ERR_WALLET_BACKUP_VERSION`, `ERR_WALLET_BACKUP_PASSPHRASE`,
   *   `ERR_WALLET_BACKUP_NETWORK`; and as {@link create}
   */
  restore(file: string, passphrase: string, by: Unlocking): Promise<void>
  /** Deletes everything from this device, for good. */
  erase(): Promise<void>

  /** @returns ends the subscription */
  subscribe(listener: (event: WalletEvent) => void): () => void
}
