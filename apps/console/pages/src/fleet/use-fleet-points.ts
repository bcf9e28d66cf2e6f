import { useLoaded } from '@hufu/look'
import { useMemo, useRef } from 'react'
import type { Fleet, FleetHistory, FleetPoint } from '../../../src/api-types.ts'
import { useLiveFleet } from './live-fleet.tsx'

const points = 120

/** The fleet over so long until now: what the server kept, and what has come since. */
export function useFleetPoints(spanMs: number): readonly FleetPoint[] {
  const { recent } = useLiveFleet()
  const { data } = useLoaded(
    `fleet history ${spanMs}`,
    client => {
      const to = Date.now()
      return client.get<FleetHistory>(`/v1/fleet/history?from=${to - spanMs}&to=${to}&points=${points}`)
    },
    { everyMs: Math.max(15_000, spanMs / points) },
  )
  const known = useRef<readonly FleetPoint[]>([])
  return useMemo(() => {
    const all = [...(data?.points ?? [])]
    const stepMs = spanMs / points
    for (const fleet of recent) {
      const last = all.at(-1)
      // What changes the margin is drawn at once, all else in its time.
      if (last === undefined || fleet.atMs - last.atMs >= stepMs || (fleet.atMs > last.atMs && fleet.margin !== last.margin))
        all.push(pointOf(fleet))
    }
    const isSame = known.current.length === all.length && known.current.at(-1)?.atMs === all.at(-1)?.atMs
    if (!isSame) known.current = all
    return known.current
  }, [data, recent, spanMs])
}

function pointOf({ atMs, height, blockTimeMs, margin, alarms, viewChanges, nodes }: Fleet): FleetPoint {
  return {
    ...{ atMs, height, blockTimeMs, margin, viewChanges, alarms: alarms.length },
    nodes: nodes.map(node => ({
      name: node.name,
      up: node.up,
      height: node.height,
      viewChanges: node.viewChanges,
      diskFreeBytes: node.diskFreeBytes,
    })),
  }
}
