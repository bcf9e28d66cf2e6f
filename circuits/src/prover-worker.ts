// The script of a prover's worker thread.
import { parentPort } from 'node:worker_threads'
import { serveProver } from '@hufu/proofs/prover-worker'

const port = parentPort!
serveProver({
  postMessage: message => port.postMessage(message),
  addEventListener: (_type, listener) => port.on('message', data => listener({ data })),
})
