export {
  type ChangedNotification,
  identifiers,
  identifiersFaults,
  parseChangedNotification,
  parseRecoveryCancelledNotification,
  parseRecoveryStartedNotification,
  type RecoveryCancelledNotification,
  type RecoveryStartedNotification,
} from './generated/identifiers.ts'
export {
  parseRootSetRecordedNotification,
  parseSpentNotification,
  parseVerifyingKeySetNotification,
  proofs,
  proofsFaults,
  type RootSetRecordedNotification,
  type SpentNotification,
  type VerifyingKeySetNotification,
} from './generated/proofs.ts'
export {
  type LeavesWrittenNotification,
  parseLeavesWrittenNotification,
  parseRootPublishedNotification,
  parseStatusListAnchoredNotification,
  type RootPublishedNotification,
  type StatusListAnchoredNotification,
  status,
  statusFaults,
} from './generated/status.ts'
export {
  type CredentialTypeRegisteredNotification,
  type GrantChangedNotification,
  parseCredentialTypeRegisteredNotification,
  parseGrantChangedNotification,
  parseQueryRegisteredNotification,
  type QueryRegisteredNotification,
  trust,
  trustFaults,
} from './generated/trust.ts'
