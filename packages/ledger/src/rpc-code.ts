/** Error codes of Neo's JSON-RPC that decide what to do next. */
export const rpcCode = {
  internalError: -32603,
  unknownTransaction: -103,
  /** A transaction or block that has not run. */
  unknownContainer: -105,
  alreadyOnChain: -501,
  /** No room at this node, now. */
  mempoolFull: -502,
  alreadyInPool: -503,
} as const
