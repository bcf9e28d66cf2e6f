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
  readonly asked: readonly { readonly slots: readonly number[]; readonly maxRootAgeSeconds: number; readonly lastMs: number }[]
}

/** A proof made ahead. Its identifier is its commitment. */
export interface PreparedRecord {
  /** As `writePrepared` writes it. */
  readonly text: string
  readonly credentialId: string
  /** Block time of its root list. */
  readonly rootsTimeMs: number
}

/** A zero-knowledge credential that the issuer gives later; with the identifier of its credential. */
export interface PendingRecord {
  readonly issuerUrl: string
  readonly configurationId: string
  readonly transactionId: string
  readonly accessToken: string
  readonly tokenType: string
  /** Name of the key that the token is bound to. */
  readonly keyName?: string
  /** base64url: hides the wallet's secret from the issuer. */
  readonly blinding: string
  readonly notBeforeMs: number
  readonly askedAtMs: number
}

export type HistoryRecord = Omit<HistoryEntry, 'id'>
