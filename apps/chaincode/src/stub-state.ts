import { X509Certificate } from 'node:crypto'
import type { ChaincodeStub } from 'fabric-shim'
import type { ChaincodeState, PastValue } from './chaincode-state.ts'

/** The state as a peer gives it. */
export function stubState(stub: ChaincodeStub): ChaincodeState {
  const { mspid, idBytes } = stub.getCreator()
  return {
    transactionId: stub.getTxID(),
    // The peer has verified the certificate and, by the organisation's rules, its role.
    caller: { mspId: mspid, isAdmin: new X509Certificate(idBytes).subject.split('\n').includes('OU=admin') },
    async get(key) {
      const value = await stub.getState(key)
      return value.length === 0 ? undefined : value
    },
    put: (key, value) => stub.putState(key, value),
    async history(key) {
      const past: PastValue[] = []
      for await (const { isDelete, txId, timestamp, value } of stub.getHistoryForKey(key)) {
        if (isDelete) continue
        past.push({ transactionId: txId, timeMs: Number(timestamp.seconds) * 1000 + Math.floor(timestamp.nanos / 1e6), value })
      }
      // Fabric gives the newest first.
      return past.reverse()
    },
    event: (name, payload) => stub.setEvent(name, payload),
  }
}
