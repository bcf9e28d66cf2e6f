import { PlatformError } from '@hufu/primitives'

export type NetworkErrorCode =
  | 'ERR_NETWORK_EXISTS'
  | 'ERR_NETWORK_MISSING'
  | 'ERR_NETWORK_DAMAGED'
  | 'ERR_NETWORK_PORT_TAKEN'
  | 'ERR_NETWORK_BINARY'
  | 'ERR_NETWORK_NODE_ENDED'
  | 'ERR_NETWORK_START_TIMEOUT'
  | 'ERR_NETWORK_NOT_RUNNING'
  | 'ERR_NETWORK_NOT_NEEDED'
  | 'ERR_NETWORK_NODE_UNKNOWN'
  | 'ERR_NETWORK_QUORUM'
  | 'ERR_NETWORK_STANDS'
  | 'ERR_NETWORK_REQUEST'

/** A local network that cannot be made, started or reached as asked. */
export class NetworkError extends PlatformError<NetworkErrorCode> {}
