import { generateKeyPairSync, sign } from 'node:crypto'

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const signatures = 1_000

/** Milliseconds for the same work every time: it tells how fast the machine is just now. */
export function fixedLoopMs(): number {
  const started = performance.now()
  for (let index = 0; index < signatures; index++) sign('sha256', Buffer.from([index & 0xff]), key)
  return performance.now() - started
}
