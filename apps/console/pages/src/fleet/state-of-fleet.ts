import type { Tone } from '@hufu/look'
import type { Fleet } from '../../../src/api-types.ts'

/** What a fleet comes down to in a word. */
export interface StateOfFleet {
  readonly headline: 'unknown' | 'calm' | 'trouble' | 'weakened' | 'edge' | 'stopped'
  readonly tone: Tone
  readonly up: number
  readonly down: number
}

export function stateOfFleet(fleet: Fleet): StateOfFleet {
  const up = fleet.nodes.filter(node => node.up).length
  const counts = { up, down: fleet.nodes.length - up }
  if (fleet.height === null) return { headline: 'unknown', tone: 'plain', ...counts }
  if (fleet.margin < 0 || fleet.forecast.level === 'now') return { headline: 'stopped', tone: 'bad', ...counts }
  if (fleet.margin === 0) return { headline: 'edge', tone: 'bad', ...counts }
  if (counts.down > 0) return { headline: 'weakened', tone: 'waiting', ...counts }
  if (fleet.alarms.length > 0)
    return { headline: 'trouble', tone: fleet.alarms.some(({ severity }) => severity === 'critical') ? 'bad' : 'waiting', ...counts }
  return { headline: 'calm', tone: 'good', ...counts }
}
