import { ChainError, chaincodeRefusal } from '@hufu/chains'
import { PcnError } from '../errors.ts'

/**
 * What a city node's failure means to a caller of the chain behind it.
 *
 * @param mayHaveTakenEffect - whether what was asked changes something: then an answer that does not count leaves open what happened
 */
export function chainFailure(error: unknown, mayHaveTakenEffect: boolean): unknown {
  if (!(error instanceof PcnError)) return error
  const details = { reason: error.reason, cause: error }
  switch (error.code) {
    case 'ERR_PCN_REFUSED':
      return new ChainError(chaincodeRefusal(error.reason ?? ''), 'the city node, or the chaincode behind it, refused', details)
    case 'ERR_PCN_UNREACHABLE':
    case 'ERR_PCN_PIN':
      return new ChainError('ERR_CHAIN_UNREACHABLE', 'the city node was not reached', details)
    case 'ERR_PCN_UNKNOWN':
      return mayHaveTakenEffect
        ? new ChainError('ERR_CHAIN_UNKNOWN', 'a call was sent, and the city node did not answer', details)
        : new ChainError('ERR_CHAIN_UNREACHABLE', 'the city node did not answer', details)
    case 'ERR_PCN_ANSWER':
      return mayHaveTakenEffect
        ? new ChainError('ERR_CHAIN_UNKNOWN', 'a call was sent, and the answer has no such form', details)
        : new ChainError('ERR_CHAIN_ANSWER', 'the city node’s answer has no such form', details)
    case 'ERR_PCN_MAC':
    case 'ERR_PCN_OTHER_ANSWER':
    case 'ERR_PCN_CALLBACK':
      return mayHaveTakenEffect
        ? new ChainError('ERR_CHAIN_UNKNOWN', 'a call was sent, and the answer is not the city node’s', details)
        : new ChainError('ERR_CHAIN_PROOF', 'the answer is not the city node’s, or one to another question', details)
    case 'ERR_PCN_REQUEST':
    case 'ERR_PCN_KEY':
      return error
  }
}
