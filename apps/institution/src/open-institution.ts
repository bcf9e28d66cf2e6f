import { systemClock } from '@hufu/primitives'
import {
  databaseReplayStore,
  jobMigrations,
  keepUsedValuesSwept,
  migrate,
  type OpenedJobs,
  openJobs,
  openOneUseValues,
  openVaultFile,
  ServiceError,
  usedValueMigrations,
} from '@hufu/service'
import { AccessCheckers, Approvals, approvalMigrations, auditMigrations, type OpenAuditLog, openAuditLog } from '@hufu/staff'
import type { Logger } from 'pino'
import type { Registry as MetricsRegistry } from 'prom-client'
import { anchorOnLedger } from './audit/anchor-on-ledger.ts'
import type { InstitutionConfig } from './config.ts'
import type { Institution, Self } from './institution.ts'
import type { InstitutionKeys } from './keys/institution-keys.ts'
import { keyMigrations } from './keys/key-schema.ts'
import { openKeys } from './keys/open-keys.ts'
import { openKeySources } from './open-key-sources.ts'
import type { Ledger } from './open-ledger.ts'
import { crashPoint } from './parts/crash-point.ts'
import { readSigningParty } from './signing-party.ts'

export interface InstitutionSurroundings {
  readonly publicUrl: string
  readonly ledger: Ledger
  readonly log: Logger
  readonly metrics: MetricsRegistry
}

/** The institution with its log, and what ends its background work. */
export interface OpenedInstitution extends Institution {
  readonly audit: OpenAuditLog
  readonly jobs: OpenedJobs
  /** The keys that sign, and their rotation. */
  readonly keys: InstitutionKeys
  close(): Promise<void>
}

/**
 * Opens what every part of the server works with: who the institution is, its tables, background work, sealed data, and the log.
 *
 * @throws ServiceError `ERR_SERVICE_CONFIG`
 */
export async function openInstitution(config: InstitutionConfig, surroundings: InstitutionSurroundings): Promise<OpenedInstitution> {
  const { publicUrl, ledger, log, metrics } = surroundings
  const { database, network } = ledger
  const clock = systemClock
  const identity = await readSelf(config)
  const vault = await openVaultFile(config)
  await migrate(database, [...usedValueMigrations, ...jobMigrations, ...auditMigrations, ...approvalMigrations, ...keyMigrations])
  const jobs = openJobs(database, {
    clockWatch: ledger.clockWatch,
    onError: (error, kind) => log.warn({ err: error, kind }, 'background work'),
  })
  keepUsedValuesSwept(jobs, database, clock)
  const audit = openAuditLog({
    ...{ database, jobs, clock, log, metrics, self: identity },
    anchor: anchorOnLedger({ ledger, self: identity, publicUrl }),
    anchorEveryMs: config.auditAnchorEveryMs,
    onStep: step => crashPoint(`audit ${step}`),
  })
  const approvals = new Approvals({ database, audit, clock })
  const { keyListedForMs: listedForMs, keySettleMs: settleMs } = config
  const keys = await openKeys({
    ...{ database, vault, jobs, audit, approvals, clock, log, ledger, self: identity, listedForMs, settleMs },
    token: config.pkcs11Token === undefined ? undefined : () => openKeySources(config).token(),
  })
  const self: Self = {
    ...identity,
    // Rotated while the server runs: read each time, never kept.
    get keys() {
      return keys.current()
    },
  }
  return {
    config,
    publicUrl,
    self,
    network,
    ledger,
    database,
    jobs,
    once: openOneUseValues({ clock }),
    replay: databaseReplayStore(database, clock),
    vault,
    audit,
    access: new AccessCheckers(),
    approvals,
    keys,
    metrics,
    clock,
    log,
    async close() {
      await jobs.close()
      await keys.close()
      await audit.close()
    },
  }
}

async function readSelf(config: InstitutionConfig): Promise<Self> {
  const { identityFile, institutionNameZh, institutionNameEn } = config
  if (identityFile === undefined) throw new ServiceError('ERR_SERVICE_CONFIG', 'IDENTITY_FILE: expected a file')
  const { name: slug, did, keys, account } = await readSigningParty(identityFile, openKeySources(config))
  const [first, ...others] = keys.filter(({ signer }) => signer.publicKey.algorithm === 'P-256')
  if (first === undefined || account === undefined)
    throw new ServiceError('ERR_SERVICE_CONFIG', 'IDENTITY_FILE: expected a P-256 key, and the key that controls the DID')
  return { slug, did, name: { 'zh-CN': institutionNameZh, en: institutionNameEn }, keys: [first, ...others], account }
}
