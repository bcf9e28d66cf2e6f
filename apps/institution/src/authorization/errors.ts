import { PlatformError } from '@hufu/primitives'

export type AuthorizationErrorCode = 'ERR_AUTHORIZATION_TOKEN' | 'ERR_AUTHORIZATION_PROOF' | 'ERR_AUTHORIZATION_INTERACTION'

/** An access token, a proof of its key, or an interaction that does not count. */
export class AuthorizationError extends PlatformError<AuthorizationErrorCode> {}
