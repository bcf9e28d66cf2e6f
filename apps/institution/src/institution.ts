import type { SigningKey } from '@hufu/credentials'
import type { Account, NetworkDescriptor } from '@hufu/ledger'
import type { Clock } from '@hufu/primitives'
import type { ReplayStore } from '@hufu/proofs'
import type { Database, Jobs, OneUseValues, Vault } from '@hufu/service'
import type { AccessCheckers, Approvals, AuditLog } from '@hufu/staff'
import type { Texts } from '@hufu/trust'
import type { Logger } from 'pino'
import type { Registry as MetricsRegistry } from 'prom-client'
import type { InstitutionConfig } from './config.ts'
import type { Ledger } from './open-ledger.ts'

/** The institution in whose name this server acts. */
export interface Self {
  /** Short: name of its identity file. */
  readonly slug: string
  readonly did: string
  readonly name: Texts
  /** Listed by the DID for issuing and for authentication, P-256; the first one signs, the others are older ones. */
  readonly keys: readonly [SigningKey, ...SigningKey[]]
  /** Controls the DID, and signs what is written to the ledger. */
  readonly account: Account
}

/** What every part of the server works with. */
export interface Institution {
  readonly config: InstitutionConfig
  /** Under which others reach this server, without a slash at its end. */
  readonly publicUrl: string
  readonly self: Self
  readonly network: NetworkDescriptor
  readonly ledger: Ledger
  readonly database: Database
  readonly jobs: Jobs
  readonly once: OneUseValues
  /** Remembers what zero-knowledge presentations used. */
  readonly replay: ReplayStore
  readonly vault: Vault
  readonly audit: AuditLog
  /** Where a part says how it knows wallets, or peers. */
  readonly access: AccessCheckers
  /** Two-person control. */
  readonly approvals: Approvals
  readonly metrics: MetricsRegistry
  readonly clock: Clock
  readonly log: Logger
}
