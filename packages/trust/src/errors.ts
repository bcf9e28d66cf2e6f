import { PlatformError } from '@hufu/primitives'

export type TrustErrorCode =
  | 'ERR_TRUST_ARGUMENT'
  | 'ERR_TRUST_EXISTS'
  | 'ERR_TRUST_UNKNOWN'
  | 'ERR_TRUST_IDENTIFIER'
  | 'ERR_TRUST_NOT_AUTHORIZED'
  | 'ERR_TRUST_STANDING'
  | 'ERR_TRUST_STATUS'
  | 'ERR_TRUST_STOPPED'
  | 'ERR_TRUST_REVOKED'
  | 'ERR_TRUST_HELD'
  | 'ERR_TRUST_VALIDITY'
  | 'ERR_TRUST_VERSION_CONFLICT'
  | 'ERR_TRUST_TYPE_UNKNOWN'
  | 'ERR_TRUST_SCHEMA'
  | 'ERR_TRUST_CLAIMS'

/** A change of the trust registry, a schema or claims that were refused. What the ledger could not answer at all is a `LedgerError`. */
export class TrustError extends PlatformError<TrustErrorCode> {}

/** A place in claims that breaks their schema. Neither value nor a name that the claims chose. */
export interface ClaimsFailure {
  /** JSON Pointer into the schema (RFC 6901), such as `/properties/birthDate/format`. */
  readonly schemaPath: string
  /** JSON Pointer into the claims. */
  readonly path: string
  /** The schema's keyword that does not hold. */
  readonly rule: string
}

/** Claims that do not follow their type's schema. */
export class ClaimsError extends TrustError {
  readonly failures: readonly ClaimsFailure[]

  constructor(failures: readonly ClaimsFailure[]) {
    super('ERR_TRUST_CLAIMS', 'claims do not follow the schema of their credential type')
    this.failures = failures
  }
}
