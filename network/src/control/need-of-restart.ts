import { setTimeout as sleep } from 'node:timers/promises'
import type { Watch } from '../watch/fleet.ts'

/** Whether a restart of all validators is what a network needs. `moves`: it makes blocks. `quorumLost`: validators are down, and bringing them back is what helps. */
export type RestartNeed = 'locked' | 'stalled' | 'moves' | 'quorumLost'

/** Looks at a network until that is clear: at once for a lock that the logs show, a few seconds if blocks come, else as long as a stall takes to be one. */
export async function needOfRestart(watch: Watch, pollMs: number): Promise<RestartNeed> {
  const first = (await watch.poll()).height
  for (;;) {
    const { height, alarms } = await watch.poll()
    const codes = alarms.map(({ code }) => code)
    if (codes.includes('ALARM_DBFT_LOCK')) return 'locked'
    if (codes.includes('ALARM_QUORUM_LOST')) return 'quorumLost'
    if (first !== null && height !== null && height > first) return 'moves'
    if (codes.includes('ALARM_STALLED')) return 'stalled'
    await sleep(pollMs)
  }
}
