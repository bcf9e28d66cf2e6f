import { X509Certificate } from 'node:crypto'
import type { ChaincodeStub } from 'fabric-shim'
import type { ChaincodeState, PastValue } from './chaincode-state.ts'
import { requireAgreeingTime } from './transaction-time.ts'

/** The state as a peer gives it. */
export function stubState(stub: ChaincodeStub): ChaincodeState {
  const { mspid, idBytes } = stub.getCreator()
  return {
    channel: stub.getChannelID(),
    transactionId: stub.getTxID(),
    // The peer has verified the certificate and, by the organisation's rules, its role.
    caller: { mspId: mspid, isAdmin: new X509Certificate(idBytes).subject.split('\n').includes('OU=admin') },
    timeMs: () => requireAgreeingTime(timestampMs(stub.getTxTimestamp()), Date.now()),
    async get(key) {
      const value = await stub.getState(key)
      return value.length === 0 ? undefined : value
    },
    put: (key, value) => stub.putState(key, value),
    async history(key) {
      const past: PastValue[] = []
      for await (const { isDelete, txId, timestamp, value } of stub.getHistoryForKey(key)) {
        if (isDelete) continue
        past.push({ transactionId: txId, timeMs: timestampMs(timestamp), value })
      }
      // Fabric gives the newest first.
      return past.reverse()
    },
    event: (name, payload) => stub.setEvent(name, payload),
  }
}

function timestampMs({ seconds, nanos }: { readonly seconds: unknown; readonly nanos: number }): number {
  return Number(seconds) * 1000 + Math.floor(nanos / 1e6)
}
