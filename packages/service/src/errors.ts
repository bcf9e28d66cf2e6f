import { PlatformError } from '@hufu/primitives'

export type ServiceErrorCode = 'ERR_SERVICE_CONFIG' | 'ERR_SERVICE_REQUEST' | 'ERR_SERVICE_INTERNAL'

/** A server that cannot start, or a request that it cannot take. */
export class ServiceError extends PlatformError<ServiceErrorCode> {}
