import type { FleetSnapshot } from '@hufu/network'
import type { Fleet, FleetLiar } from '../api-types.ts'

/** A snapshot as it is given out: without what is of use to operators alone. */
export function fleetOfSnapshot(snapshot: FleetSnapshot, liars: readonly FleetLiar[]): Fleet {
  return {
    ...snapshot,
    nodes: snapshot.nodes.map(({ consensus: _, ...node }) => node),
    alarms: snapshot.alarms.map(({ evidence: _, what, whatToDo, ...alarm }) => ({
      ...alarm,
      what: { ...what },
      whatToDo: { ...whatToDo },
    })),
    forecast: { ...snapshot.forecast, why: { ...snapshot.forecast.why } },
    liars: [...liars],
  }
}
