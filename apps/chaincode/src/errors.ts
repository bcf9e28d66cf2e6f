import { PlatformError } from '@hufu/primitives'

/** Codes of {@link ChaincodeError}; they stand at the beginning of the message that a peer passes on. */
export type ChaincodeErrorCode =
  | 'ERR_CHAINCODE_ABSENT'
  | 'ERR_CHAINCODE_CLOCK'
  | 'ERR_CHAINCODE_FORBIDDEN'
  | 'ERR_CHAINCODE_FORK'
  | 'ERR_CHAINCODE_IDEMPOTENCY'
  | 'ERR_CHAINCODE_NETWORK'
  | 'ERR_CHAINCODE_PROOF'
  | 'ERR_CHAINCODE_REQUEST'
  | 'ERR_CHAINCODE_ROLLBACK'
  | 'ERR_CHAINCODE_TITLE'

/** A call that the chaincode refused: nothing changes. */
export class ChaincodeError extends PlatformError<ChaincodeErrorCode> {}
