import type { SatpError } from '../errors.ts'
import type { MessageType } from './message-type.ts'
import { isProtocolErrorCode, type ProtocolErrorCode } from './protocol-error.ts'

/** Category of a message's errors in the draft's table, and the number of its `hashPrevMessage` there. */
const categories: Partial<Record<MessageType, readonly [category: string, hashNumber: number]>> = {
  'transfer-proposal-msg': ['1.1', 0],
  'transfer-commence-msg': ['1.3', 4],
  'lock-assert-msg': ['2.2', 5],
  'commit-prepare-msg': ['3.1', 3],
  'commit-final-msg': ['3.5', 3],
  'commit-transfer-complete-msg': ['3.9', 3],
}

/** The draft's code (§11.4) for the refusal of a message. It has none for a false proof: its format is called unsupported. */
export function errorCodeFor(error: SatpError, kind: MessageType): ProtocolErrorCode {
  if (error.protocolCode !== undefined) return error.protocolCode
  const [category, hashNumber] = categories[kind] ?? ['0.1', 1]
  const of = (number: number): ProtocolErrorCode => {
    const code = `err_${category}.${number}`
    return isProtocolErrorCode(code) ? code : 'err_0.1.1'
  }
  switch (error.code) {
    case 'ERR_SATP_SESSION':
      return of(2)
    case 'ERR_SATP_HASH':
      return of(hashNumber)
    case 'ERR_SATP_EXPIRED':
      return 'err_2.2.9'
    case 'ERR_SATP_PROOF':
      return 'err_3.5.4'
    case 'ERR_SATP_TERMS':
    case 'ERR_SATP_COUNTERPART':
    case 'ERR_SATP_SIGNER':
      return 'err_0.1.2'
    default:
      return 'err_0.1.1'
  }
}
