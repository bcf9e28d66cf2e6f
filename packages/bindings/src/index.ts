export {
  type ChangedNotification,
  identifiers,
  parseChangedNotification,
  parseRecoveryCancelledNotification,
  parseRecoveryStartedNotification,
  type RecoveryCancelledNotification,
  type RecoveryStartedNotification,
} from './generated/identifiers.ts'
export {
  type LeavesWrittenNotification,
  parseLeavesWrittenNotification,
  parseRootPublishedNotification,
  parseStatusListAnchoredNotification,
  type RootPublishedNotification,
  type StatusListAnchoredNotification,
  status,
} from './generated/status.ts'
export {
  type CredentialTypeRegisteredNotification,
  type GrantChangedNotification,
  parseCredentialTypeRegisteredNotification,
  parseGrantChangedNotification,
  parseQueryRegisteredNotification,
  type QueryRegisteredNotification,
  trust,
} from './generated/trust.ts'
