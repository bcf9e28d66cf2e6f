import type { JsonObject } from '@hufu/credentials'
import type { Texts } from '@hufu/trust'
import type { CredentialStatus, HistoryEntry } from './wallet.ts'

/** A credential as it is kept, apart from its copies and its zero-knowledge form. */
export interface CredentialRecord {
  readonly issuer: string
  /** What the issuer calls itself; the network file's name goes before it. */
  readonly issuerName: Texts
  /** Address by which OpenID4VCI names the issuer. */
  readonly issuerUrl: string
  readonly typeId: string
  readonly schemaVersion: number
  /** The type's schema as the ledger had it when the credential came. */
  readonly schema: JsonObject
  /** By which its copies are signed, as the issuer's DID listed it when they came. Absent without copies. */
  readonly issuerKey?: { readonly kid: string; readonly jwk: JsonObject }
  readonly claims: JsonObject
  readonly receivedAtMs: number
  readonly issuedAtMs: number
  readonly expiresAtMs?: number
  readonly copiesIssued: number
  readonly status: CredentialStatus
  readonly statusCheckedAtMs?: number
  /** Where the status of one of its copies stands; all have the same. */
  readonly statusReference?: { readonly uri: string; readonly index: number }
}

/** A copy that was not shown yet. Its identifier is `<credential>.<number>`. */
export interface CopyRecord {
  readonly credentialId: string
  /** Name of its holder key. */
  readonly keyName: string
  readonly sdJwt: string
  /** Set aside for a backup. */
  readonly reserved: boolean
}

/** The zero-knowledge form, with the identifier of its credential. */
export interface ZkRecord {
  /** As `writeZkCredential` writes it. */
  readonly text: string
  /** Statements that were answered with it of late: proofs for these are made ahead. */
  readonly asked: readonly AskedKind[]
}

/** A kind of statement that was answered: proofs for such can be made ahead. */
export interface AskedKind {
  /** Four. */
  readonly slots: readonly number[]
  /** Of type and slots: a scalar in decimal digits. */
  readonly meta: string
  readonly maxRootAgeSeconds: number
  readonly lastMs: number
}

/** A proof made ahead. Its identifier is its commitment. */
export interface PreparedRecord {
  /** As `writePrepared` writes it. */
  readonly text: string
  readonly credentialId: string
  /** Block time of its root list. */
  readonly rootsTimeMs: number
}

/** A zero-knowledge credential that was asked for and has not come yet; with the identifier of its credential. */
export interface PendingRecord {
  readonly issuerUrl: string
  readonly configurationId: string
  /** Absent until the issuer has answered: then it is asked anew. */
  readonly transactionId?: string
  readonly token: { readonly accessToken: string; readonly dpopBound: boolean; readonly credentialIdentifier?: string }
  /** Name of the key that the token is bound to, and that the issuer knows the holder by. */
  readonly keyName: string
  /** A scalar in decimal digits: hides the wallet's secret from the issuer. */
  readonly blinding: string
  /** When to ask again at the earliest. */
  readonly notBeforeMs: number
}

export type HistoryRecord = Omit<HistoryEntry, 'id'>
