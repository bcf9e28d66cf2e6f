import { PlatformError } from '@hufu/primitives'

export type ServiceErrorCode =
  | 'ERR_SERVICE_CONFIG'
  | 'ERR_SERVICE_REQUEST'
  | 'ERR_SERVICE_UNAUTHORIZED'
  | 'ERR_SERVICE_NOT_FOUND'
  | 'ERR_SERVICE_CONFLICT'
  | 'ERR_SERVICE_BEHIND'
  | 'ERR_SERVICE_CLOCK'
  | 'ERR_SERVICE_DATABASE'
  | 'ERR_SERVICE_DATABASE_DAMAGED'
  | 'ERR_SERVICE_DATABASE_FULL'
  | 'ERR_SERVICE_INTERNAL'
  | 'ERR_SERVICE_ADDRESS'
  | 'ERR_SERVICE_KEY'
  | 'ERR_SERVICE_OUTSIDE'
  | 'ERR_SERVICE_OVERLOADED'
  | 'ERR_SERVICE_RATE'
  | 'ERR_SERVICE_SEAL'

/** A server that cannot start, a request that it cannot take, or tables that are behind the ledger. */
export class ServiceError extends PlatformError<ServiceErrorCode> {}
