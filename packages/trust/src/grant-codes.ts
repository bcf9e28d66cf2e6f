import type { GrantKind, GrantStatus } from './grant.ts'

/** Numbers of contracts/trust. */
export const grantKinds: Readonly<Record<GrantKind, number>> = { authority: 1, institution: 2, issue: 3, ask: 4 }

/** Numbers of contracts/trust. */
export const grantStatuses: Readonly<Record<number, GrantStatus>> = { 1: 'active', 2: 'suspended', 3: 'revoked' }
