import fabricShim, { type ChaincodeInterface, type ChaincodeServerOpts } from 'fabric-shim'
import { callChaincode, refusalText } from './call-chaincode.ts'
import { stubState } from './stub-state.ts'

const { Shim } = fabricShim

// A peer calls it as a server ("chaincode as a service"): it is told its package and where to listen, by the names that Fabric's samples use.
const { CHAINCODE_ID: ccid, CHAINCODE_SERVER_ADDRESS: address } = process.env
if (ccid === undefined || address === undefined) {
  console.error('chaincode: CHAINCODE_ID and CHAINCODE_SERVER_ADDRESS must be set')
  process.exit(1)
}

const chaincode: ChaincodeInterface = {
  Init: async () => Shim.success(),
  async Invoke(stub) {
    const { fcn, params } = stub.getFunctionAndParameters()
    try {
      return Shim.success(await callChaincode(stubState(stub), fcn, params))
    } catch (error) {
      return Shim.error(refusalText(error))
    }
  },
}

// Without TLS: the peer and the chaincode of one organisation stand in one machine or one pod.
await Shim.server(chaincode, { ccid, address } as ChaincodeServerOpts).start()
