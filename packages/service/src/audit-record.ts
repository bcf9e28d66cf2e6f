import { bytesToHex, canonicalJsonBytes, concatBytes, hexToBytes, type Json, sha256 } from '@hufu/primitives'

/** Something that was done, as it stands in a log. */
export interface AuditRecord {
  /** Position in the log, from 1. */
  readonly sequence: number
  readonly atMs: number
  readonly actor: string
  readonly action: string
  readonly subject?: string
  readonly detail?: { readonly [name: string]: Json }
}

/** A record chained to the one before it. */
export interface ChainedAuditRecord extends AuditRecord {
  /** Hash of the record before, hexadecimal. */
  readonly previousHash: string
  /** SHA-256 of the hash before and this record's canonical JSON, hexadecimal. */
  readonly hash: string
}

/** What the first record of every log is chained to. */
export const auditGenesisHash: string = '00'.repeat(32)

/** Hash of a record that follows another, hexadecimal: SHA-256(hash before ‖ canonical JSON of the record). It covers the position. */
export function auditHashOf(previousHash: string, { sequence, atMs, actor, action, subject, detail }: AuditRecord): string {
  const content = canonicalJsonBytes({ sequence, atMs, actor, action, subject, detail })
  return bytesToHex(sha256(concatBytes(hexToBytes(previousHash), content)))
}

/** Name on the ledger under which an institution anchors the head of its log. @param slug - short name of the institution, at most 58 characters */
export function auditListId(slug: string): string {
  return `audit:${slug}`
}
