import type { Texts } from '@hufu/look'

/** What the server's routes answer, as its schemas say (`GET /openapi.json`). */

export type StaffRole = 'clerk' | 'officer' | 'administrator' | 'auditor'
export const staffRoles: readonly StaffRole[] = ['clerk', 'officer', 'administrator', 'auditor']

export interface InstitutionInfo {
  readonly name: Texts
  readonly did: string
  readonly network: string
  readonly roles: readonly string[]
}

export type Status = 'valid' | 'suspended' | 'revoked'
export type ApplicationState = 'draft' | 'submitted' | 'approved' | 'returned' | 'offered' | 'collected'

/** A property of a credential type's JSON Schema, as far as forms understand it. */
export interface ClaimSchema {
  readonly title?: string
  readonly description?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly format?: string
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  /** Place among the attributes for proofs: the order that whoever wrote the schema had in mind. */
  readonly 'x-slot'?: number
}

export interface CredentialType {
  readonly id: string
  readonly version: number
  readonly title: Texts
  readonly schema: {
    readonly description?: string
    readonly properties?: Readonly<Record<string, ClaimSchema>>
    readonly required?: readonly string[]
  }
  readonly configurations: readonly string[]
  readonly isImportable: boolean
}

export interface TypeList {
  readonly types: readonly CredentialType[]
  readonly reasons: readonly { readonly code: string; readonly text: Texts }[]
}

export interface ApplicationSummary {
  readonly id: string
  readonly type: string
  readonly state: ApplicationState
  readonly status: Status
  readonly clerk: string
  readonly createdAtMs: number
  readonly changedAtMs: number
  readonly name?: string
}

export interface ApplicationInput {
  readonly type: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly subject?: string
  readonly validFrom?: string
  readonly validUntil: string
}

export interface Application extends ApplicationInput {
  readonly id: string
  readonly state: ApplicationState
  readonly status: Status
  readonly reason?: string
  readonly clerk: string
  readonly officer?: string
  readonly returnReason?: string
  readonly importId?: string
  readonly importLine?: number
  readonly createdAtMs: number
  readonly changedAtMs: number
  readonly problems: readonly { readonly path: string; readonly rule: string; readonly schemaPath: string }[]
  readonly duplicates: readonly { readonly id: string; readonly state: ApplicationState; readonly status: Status }[]
}

export interface Offer {
  readonly id: string
  readonly offerUri: string
  readonly walletUrl?: string
  readonly txCode: string
  readonly expiresAtMs: number
}

export interface OfferStatus {
  readonly state: 'open' | 'redeemed' | 'collected' | 'locked' | 'replaced' | 'expired'
  readonly attemptsLeft: number
  readonly expiresAtMs: number
}

export type CredentialFormat = 'dc+sd-jwt' | 'ldp_vc' | 'hufu_zk'

export interface Credential {
  readonly id: string
  readonly application: string
  readonly type: string
  readonly format: CredentialFormat
  readonly status: Status
  readonly reason?: string
  readonly statusLists: readonly { readonly uri: string; readonly index: number }[]
  readonly leafIndex?: number
  readonly intentAtMs: number
  readonly issuedAtMs?: number
  readonly sha256?: string
  readonly isPublished: boolean
}

export interface Approval {
  readonly id: string
  readonly kind: string
  readonly title?: Texts
  readonly payload: unknown
  readonly role: StaffRole
  readonly state: 'pending' | 'confirmed' | 'refused' | 'expired'
  readonly requestedBy: string
  readonly requestedAtMs: number
  readonly expiresAtMs: number
  readonly decidedBy?: string
  readonly decidedAtMs?: number
}

export interface Import {
  readonly id: string
  readonly type: string
  readonly state: 'uploading' | 'checking' | 'checked' | 'approved' | 'done' | 'failed'
  readonly clerk: string
  readonly officer?: string
  readonly bytes: number
  readonly checkedBytes: number
  readonly good: number
  readonly bad: number
  readonly unchanged: number
  readonly passedOver: number
  readonly applied: number
  readonly createdAtMs: number
  readonly changedAtMs: number
}

export interface RegisteredQuery {
  readonly id: string
  readonly version: number
  readonly purpose: Texts
  readonly legalBasis: Texts
  readonly retentionDays: number
}

export interface BegunPresentation {
  readonly id: string
  readonly requestUri: string
  readonly walletUrl?: string
  readonly qr: string
  readonly expiresAtMs: number
  readonly token: string
}

export interface PresentationStanding {
  readonly state: 'waiting' | 'opened' | 'answered' | 'refused' | 'expired'
  readonly failedRule?: string
  readonly expiresAtMs: number
}

export interface PresentationResult {
  readonly presentationId: string
  readonly queryId: string
  readonly pseudonym?: string
  readonly claims: Readonly<Record<string, unknown>>
  readonly formats: readonly string[]
  readonly receiptId: string
  readonly receiptSha256: string
  readonly verifiedAtMs: number
}

export interface ReceiptSummary {
  readonly id: string
  readonly presentationId: string
  readonly queryId: string
  readonly queryVersion: number
  readonly purpose: string
  readonly verdict: 'accepted' | 'refused' | 'declined'
  readonly failedRule?: string
  readonly code?: string
  readonly formats: readonly string[]
  readonly atMs: number
  readonly contentUntilMs?: number
}

export interface Receipt extends ReceiptSummary {
  readonly verifier: string
  readonly rules: readonly {
    readonly rule: string
    readonly credential?: string
    readonly passed: boolean
    readonly evidence: Readonly<Record<string, string | number | boolean>>
    readonly text: Texts
  }[]
  readonly content?: unknown
}

export interface Grant {
  readonly id: string
  readonly receiver: string
  readonly record: string
  readonly notBeforeMs: number
  readonly endMs: number
  readonly receiptId: string
  readonly revokedAtMs?: number
  readonly revokedBy?: string
}

export interface Person {
  readonly id: string
  readonly name: string
  readonly roles: readonly StaffRole[]
  readonly state: 'active' | 'suspended' | 'removed'
  readonly createdAtMs: number
}

export interface Invitation {
  readonly id: string
  readonly personId: string
  readonly name: string
  readonly roles: readonly StaffRole[]
  readonly state: string
  readonly expiresAtMs: number
}

/** 201: a link, once. 202: a second administrator must confirm. 200: done. */
export interface ChangeAnswer {
  readonly link?: string
  readonly expiresAtMs?: number
  readonly approval?: { readonly id: string; readonly expiresAtMs: number }
}

export interface InstitutionKey {
  readonly id: string
  readonly state: string
  readonly madeAtMs: number
  readonly listedAtMs: number | null
  readonly signingAtMs: number | null
  readonly listedUntilMs: number | null
  readonly retiredAtMs: number | null
}

export interface ServerInfo {
  readonly publicUrl: string
  readonly database: 'embedded' | 'postgres'
  readonly walletUrl?: string
  readonly pageQueries: readonly string[]
  readonly node: string
  readonly runningSinceMs: number
  readonly timeMs: number
}

export interface AuditHead {
  readonly did: string
  readonly list: string
  readonly head: { readonly sequence: number; readonly hash: string }
  readonly anchor?: { readonly sequence: number; readonly hash: string; readonly blockIndex: number; readonly timeMs: number }
}

export interface AuditRecord {
  readonly sequence: number
  readonly atMs: number
  readonly actor?: string
  readonly action?: string
  readonly subject?: string
  readonly detail?: unknown
  readonly previousHash: string
  readonly hash: string
}
