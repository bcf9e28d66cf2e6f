import { accountOfDid, networkOfDid, parseDid } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'
import { errorCode } from '@hufu/primitives'
import { ConsoleError } from '../errors.ts'

/** The account of a DID of this network. @throws ConsoleError `ERR_CONSOLE_REQUEST`: no DID; `ERR_CONSOLE_UNKNOWN`: of another network */
export function accountIn(network: string, text: string): ScriptHash {
  try {
    const did = parseDid(text)
    if (networkOfDid(did) === network) return accountOfDid(did)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw new ConsoleError('ERR_CONSOLE_REQUEST', 'did: expected a did:neo DID')
  }
  throw new ConsoleError('ERR_CONSOLE_UNKNOWN', 'did: expected one of this network')
}
