import type { AssetPosition, Role } from '@hufu/satp'
import type { ShownTransfer } from '../api/gateway-schemas.ts'
import type { BookedSession } from './session-book.ts'

/** Where the title is, in the order of a transfer that goes well; behind the last one it is over. */
const steps: Readonly<Record<Role, readonly AssetPosition[]>> = {
  originator: ['held', 'locking', 'locked', 'leaving', 'left'],
  beneficiary: ['awaited', 'arriving', 'arrived'],
}

/** A session as it is shown. @param isOff - one of its networks is switched off */
export function shownTransfer(session: BookedSession, isOff: boolean): ShownTransfer {
  const { sessionId, role, counterpart, transfer, stage, asset, outcome, attempts, problem, againAtMs, createdAtMs, changedAtMs } = session
  const own = steps[role]
  return {
    ...transfer,
    transferId: sessionId,
    ...{ role, counterpart, stage, asset, attempts, problem, againAtMs, createdAtMs, changedAtMs },
    state: outcome ?? (isOff ? 'standsStill' : 'underWay'),
    // What is given up goes back to where it was.
    step: outcome === 'completed' ? own.length : Math.max(0, own.indexOf(asset)),
    steps: own.length,
  }
}
