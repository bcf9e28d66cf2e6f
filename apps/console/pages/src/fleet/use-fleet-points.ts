import { useLoaded } from '@hufu/look'
import { useMemo } from 'react'
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
  return useMemo(() => {
    const kept = data?.points ?? []
    const end = kept.at(-1)?.atMs ?? 0
    const stepMs = spanMs / points
    const since: FleetPoint[] = []
    for (const fleet of recent) if (fleet.atMs > end && fleet.atMs - (since.at(-1)?.atMs ?? end) >= stepMs) since.push(pointOf(fleet))
    const last = recent.at(-1)
    if (last !== undefined && last.atMs > (since.at(-1)?.atMs ?? end)) since.push(pointOf(last))
    return [...kept, ...since]
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
