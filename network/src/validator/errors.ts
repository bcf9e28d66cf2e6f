import { PlatformError } from '@hufu/primitives'

export type ValidatorErrorCode =
  | 'ERR_VALIDATOR_BACKUP'
  | 'ERR_VALIDATOR_BACKUP_BEHIND'
  | 'ERR_VALIDATOR_BEHIND'
  | 'ERR_VALIDATOR_BINARY'
  | 'ERR_VALIDATOR_FINGERPRINT'
  | 'ERR_VALIDATOR_FOLDER'
  | 'ERR_VALIDATOR_KEY_LIVE'
  | 'ERR_VALIDATOR_MARGIN'
  | 'ERR_VALIDATOR_NETWORK_FILE'
  | 'ERR_VALIDATOR_NODE_ENDED'
  | 'ERR_VALIDATOR_PASSWORD'
  | 'ERR_VALIDATOR_SEAT'
  | 'ERR_VALIDATOR_STATE_DIFFERS'
  | 'ERR_VALIDATOR_STILL_VOTED'
  | 'ERR_VALIDATOR_TURN'
  | 'ERR_VALIDATOR_UNREACHABLE'
  | 'ERR_VALIDATOR_UPGRADE'
  | 'ERR_VALIDATOR_WALLET'

/** A step with a validator that cannot or must not be taken. */
export class ValidatorError extends PlatformError<ValidatorErrorCode> {}
