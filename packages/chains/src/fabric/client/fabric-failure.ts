import { GatewayError } from '@hyperledger/fabric-gateway'
import { ChainError } from '../../errors.ts'
import { chaincodeCodeIn, chaincodeRefusal } from '../chaincode-refusal.ts'

/** How far a call had got when it failed. */
export type FabricPhase = 'asking' | 'sent'

// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
const grpcCode = { cancelled: 1, deadlineExceeded: 4, failedPrecondition: 9, aborted: 10, unavailable: 14 } as const

/** What a failure of the gateway's means to the caller. */
export function fabricFailure(error: unknown, phase: FabricPhase): unknown {
  if (!(error instanceof GatewayError)) return error
  const said = [error.message, ...error.details.map(({ mspId, message }) => `${mspId}: ${message}`)].join('\n')
  const code = chaincodeCodeIn(said)
  const details = { reason: said, cause: error }
  if (phase === 'sent')
    return new ChainError('ERR_CHAIN_UNKNOWN', 'a transaction was sent, and it is not known whether it is in a block', details)
  if (code !== undefined) return new ChainError(chaincodeRefusal(said), `the chaincode refused: ${code}`, details)
  const isOutOfReach =
    error.code === grpcCode.unavailable || error.code === grpcCode.deadlineExceeded || error.code === grpcCode.cancelled || isPassing(error)
  if (isOutOfReach) return new ChainError('ERR_CHAIN_UNREACHABLE', 'the gateway or a peer that must endorse did not answer', details)
  return new ChainError('ERR_CHAIN_REFUSED', 'the gateway or its peers refused the call', details)
}

/** Peers that are at different blocks give different answers, and one that was just started knows no others: a moment later they agree. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof GatewayError)) return false
  if (error.code === grpcCode.failedPrecondition) return error.message.includes('no combination of peers')
  if (error.code === grpcCode.unavailable) return error.message.includes('failed to find any endorsing peers')
  return error.code === grpcCode.aborted && error.message.includes('do not match')
}
