import type { ChainErrorCode } from '../errors.ts'

/** Codes that our chaincode begins its refusals with, and what they are to a caller of the chain. */
const ofChaincode: Readonly<Record<string, ChainErrorCode>> = {
  ERR_CHAINCODE_ABSENT: 'ERR_CHAIN_ABSENT',
  ERR_CHAINCODE_IDEMPOTENCY: 'ERR_CHAIN_IDEMPOTENCY',
  ERR_CHAINCODE_ROLLBACK: 'ERR_CHAIN_ROLLBACK',
}

/** The chaincode's own code in what a peer or a gateway says of a refusal; undefined if it has none, and the refusal is not the chaincode's. */
export function chaincodeCodeIn(said: string): string | undefined {
  return /ERR_CHAINCODE_[A-Z]+/.exec(said)?.[0]
}

/** What a refusal is to a caller of the chain. */
export function chaincodeRefusal(said: string): ChainErrorCode {
  return ofChaincode[chaincodeCodeIn(said) ?? ''] ?? 'ERR_CHAIN_REFUSED'
}
