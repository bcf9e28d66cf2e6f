export { asOneStatement } from './as-one-statement.ts'
export { type AuditRecord, auditGenesisHash, auditHashOf, auditListId, type ChainedAuditRecord } from './audit-record.ts'
export { bsnCredentialLookups } from './bsn/bsn-credential-lookups.ts'
export {
  type AuditFinding,
  type AuditLogCopy,
  type AuditReport,
  type ClaimedAuditAnchor,
  checkAuditLog,
  type LedgerAuditAnchor,
} from './check-audit-log.ts'
export { ClockWatch } from './clock-watch.ts'
export {
  type ConfigOf,
  type ConfigSchema,
  choice,
  exampleEnvironment,
  type Field,
  integer,
  optional,
  publicUrl,
  readConfig,
  refuseProblems,
  text,
  textList,
  url,
} from './config.ts'
export { type CredentialLookups, credentialLookups } from './credential-lookups.ts'
export type { Database, Queries, SqlValue } from './database.ts'
export { databaseReady, databaseWarnings } from './database-ready.ts'
export { databaseReplayStore } from './database-replay-store.ts'
export { describeAuditFinding } from './describe-audit-finding.ts'
export { ServiceError, type ServiceErrorCode } from './errors.ts'
export { fetchOutside, type OutsideOptions, outsideFetch } from './fetch-outside.ts'
export { fetchStatusListOverHttp, type StatusListOptions } from './fetch-status-list.ts'
export { addHealthRoutes, type ReadinessChecks } from './health.ts'
export { createHttpServer, type HttpServerOptions, sendProblem, strictTransportSecurity } from './http-server.ts'
export { isLoopback } from './is-loopback.ts'
export { type JobCounts, jobMigrations } from './job-table.ts'
export type { Jobs } from './jobs.ts'
export { provenAuditAnchors, toldAuditAnchors } from './ledger-audit-anchors.ts'
export { type LedgerProofCheckerOptions, ledgerProofChecker } from './ledger-proof-checker.ts'
export {
  isProduction,
  latestVerifyingKey,
  ledgerVerifyingKeys,
  type StoredVerifyingKey,
  type VerifyingKeySource,
} from './ledger-verifying-keys.ts'
export { limitRates, type RateOptions } from './limit-rates.ts'
export { createLog, type LogLevel, logLevels } from './log.ts'
export {
  addMetricsRoute,
  countShedRequests,
  createMetrics,
  measureDatabaseFailures,
  measureJobs,
  measurePool,
  measureRequests,
} from './metrics.ts'
export { type Migration, migrate } from './migrate.ts'
export { NativeVerifier, type NativeVerifierOptions } from './native-verifier.ts'
export type { OneUseValues } from './one-use-values.ts'
export { openClockWatch } from './open-clock-watch.ts'
export { openConfiguredDatabase } from './open-configured-database.ts'
export { openEmbeddedDatabase } from './open-embedded-database.ts'
export { type JobsOptions, type OpenedJobs, openJobs } from './open-jobs.ts'
export { keepUsedValuesSwept, openOneUseValues } from './open-one-use-values.ts'
export { openPostgresDatabase, type PoolCounts, type PostgresDatabase, type PostgresOptions } from './open-postgres-database.ts'
export { openRegistry, type Registry, type RegistryOptions } from './open-registry.ts'
export { openTrees, type Trees, type TreesOptions } from './open-trees.ts'
export { openVault } from './open-vault.ts'
export { openVaultFile } from './open-vault-file.ts'
export type { OutsidePolicy } from './outside-address.ts'
export { OutsideAgents } from './outside-agents.ts'
export type { PagePolicy } from './page-policy.ts'
export { type Pkcs11Options, Pkcs11Token } from './pkcs11-token.ts'
export { type Problem, problemMediaType, problemOf } from './problem.ts'
export { type ReadAuditLog, readAuditLog } from './read-audit-log.ts'
export { readConfiguredFile, readTls, readToken } from './read-configured-file.ts'
export type { StatusAnchor } from './registry-anchors.ts'
export { entryOfRow, type GrantRow, registryTrustSource } from './registry-trust-source.ts'
export { runServer } from './run-server.ts'
export { isSealedKeyFile, openKeyFile, sealKeyFile } from './seal-key-file.ts'
export { type PagesOptions, servePages } from './serve-pages.ts'
export { clientSettings, serverSettings, tlsProblems } from './server-settings.ts'
export { type LoadOptions, shedLoad } from './shed-load.ts'
export type { Rate } from './token-buckets.ts'
export { usedValueMigrations } from './used-values.ts'
export type { Vault } from './vault.ts'
