import type { DidMoment, DidOperation, DidSource, DidState } from '@hufu/did'
import type { ScriptHash } from '@hufu/ledger'
import type { Queries, SqlValue } from './database.ts'

interface Row {
  readonly version: number
  readonly operation: string
  readonly controller: string
  readonly recovery: string | null
  readonly recovery_delay_ms: number
  readonly deactivated: boolean
  readonly time_ms: number
  readonly block_index: number
  readonly created_ms: number
  readonly document: Uint8Array
  readonly latest_version: number
  readonly next_time_ms: number | null
}

const select = `
  select this.*, latest.version as latest_version, next.time_ms as next_time_ms
  from registry_identifiers this
  join registry_identifiers latest on latest.identifier = this.identifier
    and latest.version = (select max(version) from registry_identifiers where identifier = $1)
  left join registry_identifiers next on next.identifier = this.identifier and next.version = this.version + 1
  where this.identifier = $1`

/** States of identifiers out of the follower's tables. */
export function registryDidSource(queries: Queries, network: string): DidSource {
  return {
    network,
    async findState(identifier, moment) {
      const [condition, ...values] = conditionOf(moment)
      const [row] = await queries.query<Row>(`${select} ${condition} order by this.version desc limit 1`, [identifier, ...values])
      return row === undefined ? null : stateOfRow(row)
    },
  }
}

function conditionOf(moment: DidMoment): readonly [string, ...SqlValue[]] {
  if (moment === 'latest') return ['']
  return 'version' in moment ? ['and this.version = $2', moment.version] : ['and this.time_ms <= $2', moment.timeMs]
}

/** What the follower wrote had been parsed, so it is taken as it is. */
function stateOfRow(row: Row): DidState {
  return {
    version: row.version,
    operation: row.operation as DidOperation,
    controller: row.controller as ScriptHash,
    recovery: row.recovery as ScriptHash | null,
    recoveryDelayMs: row.recovery_delay_ms,
    deactivated: row.deactivated,
    timeMs: row.time_ms,
    blockIndex: row.block_index,
    createdMs: row.created_ms,
    latestVersion: row.latest_version,
    nextTimeMs: row.next_time_ms,
    document: new Uint8Array(row.document),
  }
}
