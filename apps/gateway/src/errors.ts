import { PlatformError } from '@hufu/primitives'

/** Codes of {@link GatewayError}. */
export type GatewayErrorCode =
  | 'ERR_GATEWAY_ANSWER'
  | 'ERR_GATEWAY_COUNTERPART'
  | 'ERR_GATEWAY_MESSAGE'
  | 'ERR_GATEWAY_NETWORK'
  | 'ERR_GATEWAY_OFF'
  | 'ERR_GATEWAY_REPLAY'
  | 'ERR_GATEWAY_UNKNOWN'
  | 'ERR_GATEWAY_UNREACHABLE'
  | 'ERR_GATEWAY_VIEW'

/** What the gateway does not do, and what a counterpart did not do. */
export class GatewayError extends PlatformError<GatewayErrorCode> {}
