/** What an issuer's journal holds: never a claim, only what the issuer chose itself, and digests under its own secret. */
export type IssuanceRecord = IntentRecord | IssuedRecord | StatusRecord

/** Recorded before signing, so that a crash leaves no credential that the issuer does not know. */
export interface IntentRecord {
  readonly kind: 'intent'
  /** Names the occasion, such as a row of a file, without personal data; one occasion, one credential. */
  readonly key: string
  readonly credentialId: string
  readonly credentialType: string
  /** HMAC of the claims and the holder's key: another content under the same key is refused. */
  readonly contentDigest: string
  readonly list: number
  readonly statusIndex: number
  readonly issuedAtMs: number
  readonly expiresAtMs: number | null
}

/** The credential was signed and handed to the caller. */
export interface IssuedRecord {
  readonly kind: 'issued'
  readonly key: string
  /** Hexadecimal SHA-256 of the credential's text. */
  readonly sha256: string
}

/** The credential's status was changed. */
export interface StatusRecord {
  readonly kind: 'status'
  readonly credentialId: string
  readonly status: 'valid' | 'suspended' | 'revoked'
  /** A code, never words about a person. */
  readonly reason: number
  readonly atMs: number
}

/** Where records are kept: `append` settles once the record would survive a crash. */
export interface IssuanceJournal {
  append(record: IssuanceRecord): Promise<void>
}
