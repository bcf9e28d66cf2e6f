import type { FleetSnapshot } from '@hufu/network'
import type { Database } from '@hufu/service'
import type { FleetHistory, FleetPoint } from '../api-types.ts'

/** How often a sample is kept. */
const sampleEveryMs = 5_000
const keptForMs = 30 * 24 * 60 * 60 * 1000
const tidyEveryMs = 3_600_000

/** What the watch saw, for the charts: a sample every few seconds, the last thirty days of them. */
export class FleetHistoryBook {
  readonly #database: Database
  #sampledMs = 0
  #tidiedMs = 0

  constructor(database: Database) {
    this.#database = database
  }

  /** Keeps the snapshot if it is time to, or something is wrong that was not. */
  async note(snapshot: FleetSnapshot): Promise<void> {
    const { atMs, margin, alarms } = snapshot
    if (atMs - this.#sampledMs < sampleEveryMs) return
    this.#sampledMs = atMs
    await this.#database.query('insert into console_fleet (at_ms, margin, alarms, sample) values ($1, $2, $3, $4) on conflict do nothing', [
      atMs,
      margin,
      alarms.length,
      JSON.stringify(pointOf(snapshot)),
    ])
    if (atMs - this.#tidiedMs < tidyEveryMs) return
    this.#tidiedMs = atMs
    await this.#database.query('delete from console_fleet where at_ms < $1', [atMs - keptForMs])
  }

  /** At most so many points between two times: where there are more samples, the worst of each stretch. */
  async read({ fromMs, toMs, points }: { readonly fromMs: number; readonly toMs: number; readonly points: number }): Promise<FleetHistory> {
    const stretchMs = Math.max(1, (toMs - fromMs) / points)
    const rows = await this.#database.query<{ sample: string }>(
      `select sample from (
         select distinct on (stretch) * from (
           select *, least(floor((at_ms - $1) / $3), $4) as stretch from console_fleet where at_ms >= $1 and at_ms <= $2
         ) sampled order by stretch, margin, alarms desc, at_ms desc
       ) worst order by at_ms`,
      [fromMs, toMs, stretchMs, points - 1],
    )
    return { fromMs, toMs, points: rows.map(({ sample }) => JSON.parse(sample) as FleetPoint) }
  }
}

function pointOf({ atMs, height, blockTimeMs, margin, alarms, viewChanges, nodes }: FleetSnapshot): FleetPoint {
  return {
    ...{ atMs, height, blockTimeMs, margin, alarms: alarms.length, viewChanges },
    nodes: nodes.map(node => ({
      ...{ name: node.name, up: node.up, height: node.height, viewChanges: node.viewChanges, diskFreeBytes: node.diskFreeBytes },
    })),
  }
}
