import { type NetworkId, parseNetworkId } from '@hufu/chains'
import { errorCode } from '@hufu/primitives'
import { expected } from '../json.ts'

/** An argument, or a member of one, that names a network. @throws ChaincodeError `ERR_CHAINCODE_REQUEST` */
export function parseNetworkName(text: unknown): NetworkId {
  try {
    return parseNetworkId(String(text))
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw expected('the name of a network')
  }
}
