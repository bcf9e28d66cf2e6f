/**
 * What a server needs that people work with: {@link enforceAccess} (who may call which route), {@link openStaff} (who they are, by passkey), {@link Approvals} (what
 * two must want), {@link openAuditLog} (what they did), {@link registerOpenApi} (the description of the routes, which says who may call them).
 *
 * @packageDocumentation
 */
export type { Access, StaffMember, StaffRole, StaffRoles, StaffSession } from './access/access.ts'
export { type AccessChecker, AccessCheckers } from './access/access-checkers.ts'
export { type AccessOptions, bearerTokenOf, checkOrigin, enforceAccess } from './access/enforce-access.ts'
export { type ProtectionOptions, protectServer } from './access/protect-server.ts'
export { type Actor, runRoleMatrix } from './access/role-matrix.ts'
export type { AnchorHash } from './audit/anchor-head.ts'
export type { AuditEntry, AuditLog } from './audit/audit-log.ts'
export { auditMigrations } from './audit/audit-schema.ts'
export { exportLog } from './audit/export-log.ts'
export { type OpenAuditLog, openAuditLog } from './audit/open-audit-log.ts'
export { StaffError, type StaffErrorCode } from './errors.ts'
export { type OpenApiOptions, registerOpenApi } from './openapi/register-open-api.ts'
export type { Part, PartMigrations } from './part.ts'
export { approvalRoutes } from './people/approval-routes.ts'
export { type Approval, type ApprovalHandler, Approvals } from './people/approvals.ts'
export { approvalMigrations } from './people/approvals-schema.ts'
export { ManualJobs } from './people/manual-jobs.ts'
export { openStaff, type Staff, type StaffOptions } from './people/open-staff.ts'
export type { StaffSignInMode } from './people/sign-in.ts'
export { staffMigrations } from './people/staff-schema.ts'
export { TestAuthenticator } from './people/test-authenticator.ts'
