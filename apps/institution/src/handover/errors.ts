import { PlatformError } from '@hufu/primitives'

export type HandoverErrorCode =
  | 'ERR_HANDOVER_MESSAGE'
  | 'ERR_HANDOVER_PEER'
  | 'ERR_HANDOVER_REQUEST'
  | 'ERR_HANDOVER_UNKNOWN'
  | 'ERR_HANDOVER_STATE'
  | 'ERR_HANDOVER_GRANT'
  | 'ERR_HANDOVER_RECORD'
  | 'ERR_HANDOVER_ANSWER'

/** A hand-over from institution to institution that is refused, or does not come about. */
export class HandoverError extends PlatformError<HandoverErrorCode> {}
