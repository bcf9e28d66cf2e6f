/** A write of one register, which says on which version it builds. Times on one steady clock, in milliseconds. */
export interface RecordedWrite {
  readonly kind: 'write'
  readonly register: string
  readonly expectedVersion: number
  readonly value: string
  readonly calledMs: number
  /** When the answer came; infinite if none did. */
  readonly returnedMs: number
  /** Durable, or refused because the register had moved on; unknown if no answer says. */
  readonly outcome:
    | { readonly kind: 'durable'; readonly version: number; readonly blockIndex: number }
    | { readonly kind: 'conflict' }
    | { readonly kind: 'unknown' }
}

/** An answer of one node. */
export interface RecordedRead {
  readonly kind: 'read'
  readonly register: string
  readonly node: string
  /** How often the node was started; one that was killed may have forgotten what no disk had. */
  readonly life: number
  readonly calledMs: number
  readonly returnedMs: number
  readonly version: number
  readonly value: string
}

export type RecordedOperation = RecordedWrite | RecordedRead

/** Versions of a register as the ledger has them in the end, from the first. */
export interface FinalVersion {
  readonly version: number
  readonly value: string
  readonly blockIndex: number
}

/** How far behind single nodes were: behind what was durable when they were asked. */
export interface Staleness {
  readonly staleReads: number
  /** Conflicts that a node told who did not have the version yet that the write builds on: a write that was refused needlessly, and can be made again. */
  readonly staleConflicts: number
  readonly mostMs: number
}

type MutableStaleness = { -readonly [Name in keyof Staleness]: Staleness[Name] }

export interface HistoryVerdict {
  /** Empty if there is one order of the writes that explains every answer. */
  readonly violations: readonly string[]
  readonly staleness: Staleness
}

/**
 * Whether the writes are linearizable, and reads consistent with their order. A register's versions are its order, so nothing has to be searched for:
 *
 * - every durable write is in the end where it said to be, in its block, and no version was made by nobody
 * - a write that was durable before another was called comes before it: in its register's order, and in the order of blocks
 * - nobody was told of a conflict whose write took effect
 * - a read gives a version as it is in the end, not one that nobody had called yet; within one life a node does not go back
 *
 * A single node may be behind, and then even tell of a conflict; that is no violation, and is measured.
 */
export function checkHistory(
  operations: readonly RecordedOperation[],
  finals: ReadonlyMap<string, readonly FinalVersion[]>,
): HistoryVerdict {
  const violations: string[] = []
  const staleness = { staleReads: 0, staleConflicts: 0, mostMs: 0 }
  const writes = operations.filter(operation => operation.kind === 'write')
  for (const [register, its] of Map.groupBy(operations, operation => operation.register)) {
    const versions = finals.get(register) ?? []
    checkVersions(register, versions, violations)
    const ofRegister = its.filter(operation => operation.kind === 'write')
    checkWrites(register, ofRegister, versions, violations, staleness)
    checkReads(
      register,
      its.filter(operation => operation.kind === 'read'),
      ofRegister,
      versions,
      violations,
      staleness,
    )
  }
  checkOrder(writes, violations)
  return { violations, staleness }
}

function checkVersions(register: string, versions: readonly FinalVersion[], violations: string[]): void {
  versions.forEach(({ version, blockIndex }, index) => {
    if (version !== index + 1) violations.push(`${register}: version ${index + 1} is missing`)
    if (index > 0 && blockIndex < versions[index - 1]!.blockIndex)
      violations.push(`${register}: version ${version} is in an earlier block than the one before`)
  })
}

function checkWrites(
  register: string,
  writes: readonly RecordedWrite[],
  versions: readonly FinalVersion[],
  violations: string[],
  staleness: MutableStaleness,
): void {
  for (const { outcome, expectedVersion, value, returnedMs } of writes) {
    if (outcome.kind === 'durable') {
      const found = versions[outcome.version - 1]
      if (outcome.version !== expectedVersion + 1)
        violations.push(`${register}: a write on version ${expectedVersion} made version ${outcome.version}`)
      if (found?.value !== value || found.blockIndex !== outcome.blockIndex)
        violations.push(`${register}: version ${outcome.version}, durable, is not what was written`)
    }
    if (outcome.kind === 'conflict') {
      const mover = versions[expectedVersion]
      if (mover?.value === value)
        violations.push(`${register}: a conflict on version ${expectedVersion} was told to the write that made the next`)
      else if (mover === undefined || !calledBefore(writes, mover, returnedMs)) staleness.staleConflicts++
    }
  }
  for (const { version, value } of versions.slice(1)) {
    const makers = writes.filter(write => write.value === value && write.expectedVersion === version - 1)
    if (makers.length !== 1) violations.push(`${register}: version ${version} was made by ${makers.length} writes`)
  }
}

function checkReads(
  register: string,
  reads: readonly RecordedRead[],
  writes: readonly RecordedWrite[],
  versions: readonly FinalVersion[],
  violations: string[],
  staleness: MutableStaleness,
): void {
  const durables = writes.flatMap(({ outcome, returnedMs }) =>
    outcome.kind === 'durable' ? [{ version: outcome.version, returnedMs }] : [],
  )
  for (const { version, value, returnedMs, calledMs, node } of reads) {
    const final = versions[version - 1]
    if (final?.value !== value) violations.push(`${register}: ${node} told of version ${version} what it is not`)
    else if (version > 1 && !calledBefore(writes, final, returnedMs))
      violations.push(`${register}: ${node} told of version ${version} before it was called`)
    const missed = durables.filter(durable => durable.version > version && durable.returnedMs < calledMs)
    if (missed.length > 0) {
      staleness.staleReads++
      staleness.mostMs = Math.max(staleness.mostMs, ...missed.map(durable => calledMs - durable.returnedMs))
    }
  }
  for (const [life, its] of Map.groupBy(reads, read => `${read.node}, life ${read.life}`)) {
    let newestReturned: { version: number; returnedMs: number } | undefined
    for (const read of its.toSorted((a, b) => a.returnedMs - b.returnedMs)) {
      const before = newestReturned
      if (before !== undefined && read.calledMs > before.returnedMs && read.version < before.version)
        violations.push(`${register}: ${life} went back from version ${before.version} to ${read.version}`)
      if (before === undefined || read.version > before.version) newestReturned = read
    }
  }
}

/** Durable before called: also earlier in the chain, whatever the register. */
function checkOrder(writes: readonly RecordedWrite[], violations: string[]): void {
  const durable = writes.filter(({ outcome }) => outcome.kind === 'durable')
  const byReturn = durable.toSorted((a, b) => a.returnedMs - b.returnedMs)
  const byCall = durable.toSorted((a, b) => a.calledMs - b.calledMs)
  let returned = 0
  let highestBlock = -1
  const newest = new Map<string, number>()
  for (const write of byCall) {
    for (; returned < byReturn.length && byReturn[returned]!.returnedMs < write.calledMs; returned++) {
      const { outcome, register } = byReturn[returned]!
      if (outcome.kind !== 'durable') continue
      highestBlock = Math.max(highestBlock, outcome.blockIndex)
      newest.set(register, Math.max(newest.get(register) ?? 0, outcome.version))
    }
    if (write.outcome.kind !== 'durable') continue
    if (write.outcome.blockIndex < highestBlock)
      violations.push(`${write.register}: a write came into an earlier block than one that was durable before it was called`)
    if (write.outcome.version <= (newest.get(write.register) ?? 0))
      violations.push(`${write.register}: a later write made an earlier version`)
  }
}

function calledBefore(writes: readonly RecordedWrite[], { version, value }: FinalVersion, timeMs: number): boolean {
  return writes.some(write => write.value === value && write.expectedVersion === version - 1 && write.calledMs < timeMs)
}
