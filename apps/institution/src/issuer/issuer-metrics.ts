import { Counter, type Registry } from 'prom-client'
import type { CredentialFormat } from './configurations.ts'
import type { Status } from './status-reasons.ts'

/** What the issuer counts. No label holds anything of a person. */
export interface IssuerMetrics {
  issued(format: CredentialFormat, copies: number): void
  changed(status: Status, copies: number): void
}

export function issuerMetrics(registry: Registry): IssuerMetrics {
  const registers = [registry]
  const issued = new Counter({ name: 'hufu_issuer_copies_total', help: 'Copies of credentials issued', labelNames: ['format'], registers })
  const changed = new Counter({
    ...{ name: 'hufu_issuer_status_changes_total', help: 'Copies whose status was changed', labelNames: ['status'] as const, registers },
  })
  return {
    issued: (format, copies) => issued.inc({ format }, copies),
    changed: (status, copies) => changed.inc({ status }, copies),
  }
}
