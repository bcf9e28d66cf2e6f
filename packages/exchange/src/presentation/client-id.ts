import { type Did, parseDid } from '@hufu/did'
import { errorCode } from '@hufu/primitives'
import { ExchangeError } from '../errors.ts'

/** Prefix of a `client_id` that is a DID (OpenID4VP 1.0 §5.9.3). */
const didPrefix = 'decentralized_identifier:'

/** A verifier's `client_id`. */
export function clientIdOfDid(did: string): string {
  return didPrefix + did
}

/** The DID that a `client_id` is. @throws ExchangeError `ERR_EXCHANGE_CLIENT`: another kind of client, or a DID of another method */
export function didOfClientId(clientId: string): Did {
  try {
    if (clientId.startsWith(didPrefix)) return parseDid(clientId.slice(didPrefix.length))
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
  }
  throw new ExchangeError('ERR_EXCHANGE_CLIENT', `client_id: expected ${didPrefix} and a DID of method neo`)
}
