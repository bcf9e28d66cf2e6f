import type { SigningKey } from '@hufu/credentials'
import type { Part, StaffMember } from '@hufu/staff'

/** A key as administrators and auditors see it. */
export interface KeyRecord {
  readonly id: string
  readonly state: 'made' | 'listed' | 'signing' | 'old' | 'retired'
  readonly madeAtMs: number
  readonly listedAtMs: number | null
  readonly signingAtMs: number | null
  readonly listedUntilMs: number | null
  readonly retiredAtMs: number | null
}

/** The keys of the institution, and their rotation. */
export interface InstitutionKeys extends Part {
  /** Those that the DID document lists for what this institution signs: the first one signs now. Ask each time. */
  current(): readonly [SigningKey, ...SigningKey[]]
  list(): Promise<readonly KeyRecord[]>
  /** Asks for a second administrator to put a new key in place of the one that signs. @throws ServiceError `ERR_SERVICE_CONFLICT`: that is under way */
  requestRotation(by: StaffMember): Promise<{ id: string; expiresAtMs: number }>
  /** Asks for a second administrator to take an old key off the ledger before its time: nothing that it signed verifies then. @throws ServiceError as above */
  requestRetirement(by: StaffMember, id: string): Promise<{ id: string; expiresAtMs: number }>
  close(): Promise<void>
}
