import { auditGenesisHash, auditHashOf, type ChainedAuditRecord } from './audit-record.ts'

export type { ChainedAuditRecord } from './audit-record.ts'

/** A head of a log as the ledger has it. */
export interface LedgerAuditAnchor {
  /** SHA-256 in hexadecimal. */
  readonly hash: string
  readonly timeMs: number
  readonly blockIndex: number
}

/** A head of a log that its keeper says it anchored. */
export interface ClaimedAuditAnchor {
  readonly sequence: number
  readonly hash: string
}

/** A log as its keeper gives it out. */
export interface AuditLogCopy {
  readonly records: readonly ChainedAuditRecord[]
  readonly anchors: readonly ClaimedAuditAnchor[]
  /** Where the keeper says that the log ends. */
  readonly head: ClaimedAuditAnchor | undefined
  /** When it was given out; later anchors are of what it cannot have. Undefined: it is newer than the anchors. */
  readonly exportedAtMs: number | undefined
}

/** How far the keeper's clock and the ledger's may be apart. */
const clockToleranceMs = 5_000

/**
 * What is wrong, and where:
 *
 * - `edited`, `removed`, `inserted`, `reordered`: records `from` to `to`, by their positions in the log as it was chained
 * - `truncated`: the log once went at least to `to`, or beyond its end where `to` is undefined
 * - `forked`: the records `from` to `to` are not those that were anchored, though they are chained well
 * - `not-anchored`: the keeper says that it anchored record `from`, and the ledger does not know
 */
export interface AuditFinding {
  readonly kind: 'edited' | 'removed' | 'inserted' | 'reordered' | 'truncated' | 'forked' | 'not-anchored'
  readonly from: number
  readonly to: number | undefined
}

export interface AuditReport {
  readonly records: number
  /** Hash of the last record that holds, hexadecimal. */
  readonly headHash: string
  /** How many anchors on the ledger were met on the way. */
  readonly anchorsMet: number
  /** Position of the last record that an anchor vouches for; 0: none. */
  readonly anchoredThrough: number
  /** The first thing that is wrong; null: nothing. */
  readonly finding: AuditFinding | null
}

/** Replays a log, and compares it with every head of it on the ledger. @param ledgerAnchors - all of them, the oldest first */
export function checkAuditLog(copy: AuditLogCopy, allLedgerAnchors: readonly LedgerAuditAnchor[]): AuditReport {
  const { records, anchors, head, exportedAtMs = Number.POSITIVE_INFINITY } = copy
  const broken = firstBroken(records)
  const intact = broken === undefined ? records : records.slice(0, broken.intact)
  const hashes = new Map(intact.map(({ hash }, index) => [hash, index + 1]))
  const ledgerAnchors = allLedgerAnchors.filter(({ hash, timeMs }) => hashes.has(hash) || timeMs <= exportedAtMs - clockToleranceMs)
  const met = ledgerAnchors.map(({ hash }) => hashes.get(hash))
  const anchoredThrough = met.reduce<number>((most, sequence) => Math.max(most, sequence ?? 0), 0)
  return {
    records: records.length,
    headHash: intact.at(-1)?.hash ?? auditGenesisHash,
    anchorsMet: met.filter(sequence => sequence !== undefined).length,
    anchoredThrough,
    finding: broken?.finding ?? anchorFinding(records, hashes, anchors, ledgerAnchors) ?? endFinding(records, head) ?? null,
  }
}

/** The first record that is not what must follow, and how many hold before it. */
function firstBroken(records: readonly ChainedAuditRecord[]): { intact: number; finding: AuditFinding } | undefined {
  let previousHash = auditGenesisHash
  for (const [index, record] of records.entries()) {
    if (record.sequence !== index + 1 || record.previousHash !== previousHash || !isWhole(record))
      return { intact: index, finding: diagnose(records, index, previousHash) }
    previousHash = record.hash
  }
  return undefined
}

function diagnose(records: readonly ChainedAuditRecord[], index: number, previousHash: string): AuditFinding {
  const record = records[index]!
  const expected = index + 1
  const follower = records.findIndex((each, at) => at > index && each.previousHash === previousHash)
  const sequence = originalSequence(record, records.length)
  // What it was chained to stands further up: whatever is between came later.
  const chainedTo = records.findIndex((each, at) => at < index - 1 && each.hash === record.previousHash)
  if (sequence !== undefined && (chainedTo >= 0 || (record.previousHash === auditGenesisHash && index > 0)))
    return found('inserted', chainedTo + 2, index)
  if (follower >= 0) {
    const isDisplaced = sequence !== undefined && records.some((each, at) => at > index && each.hash === record.previousHash)
    return isDisplaced ? found('reordered', expected, sequence) : found('inserted', expected, follower)
  }
  if (sequence === undefined || record.previousHash === previousHash) return found('edited', expected, expected)
  // It is whole and in its place, so what it was chained to has become another.
  if (sequence <= expected) return found('edited', Math.max(1, expected - 1), Math.max(1, expected - 1))
  return found('removed', expected, sequence - 1)
}

/** Where a record stood when it was chained: its hash tells. Undefined: nowhere, its content or hash was changed. */
function originalSequence(record: ChainedAuditRecord, count: number): number | undefined {
  if (isWhole(record)) return record.sequence
  for (let distance = 1; distance <= count; distance++)
    for (const sequence of [record.sequence + distance, record.sequence - distance])
      if (sequence > 0 && isWhole({ ...record, sequence })) return sequence
  return undefined
}

function isWhole(record: ChainedAuditRecord): boolean {
  try {
    return auditHashOf(record.previousHash, record) === record.hash
  } catch {
    // A hash that is none, or content that is no JSON.
    return false
  }
}

/** The first head on the ledger that is not in the log, or in the log and not on the ledger. */
function anchorFinding(
  records: readonly ChainedAuditRecord[],
  hashes: ReadonlyMap<string, number>,
  claimed: readonly ClaimedAuditAnchor[],
  ledgerAnchors: readonly LedgerAuditAnchor[],
): AuditFinding | undefined {
  let through = 0
  for (const [index, { hash, timeMs }] of ledgerAnchors.entries()) {
    const sequence = hashes.get(hash)
    if (sequence !== undefined && sequence >= through) {
      through = sequence
      continue
    }
    const of = claimed.find(anchor => anchor.hash === hash)?.sequence
    const wentOn =
      ledgerAnchors.slice(index + 1).some(later => hashes.has(later.hash)) || records.slice(through).some(({ atMs }) => atMs > timeMs)
    if (of === undefined ? wentOn : of <= records.length) return found('forked', through + 1, of ?? records.length)
    return found('truncated', records.length + 1, of)
  }
  const known = new Set(ledgerAnchors.map(({ hash }) => hash))
  const unknown = claimed.find(({ hash, sequence }) => !known.has(hash) || hashes.get(hash) !== sequence)
  return unknown === undefined ? undefined : found('not-anchored', unknown.sequence, unknown.sequence)
}

function endFinding(records: readonly ChainedAuditRecord[], head: ClaimedAuditAnchor | undefined): AuditFinding | undefined {
  if (head === undefined || head.sequence === 0) return undefined
  if (head.sequence > records.length) return found('truncated', records.length + 1, head.sequence)
  if (records[head.sequence - 1]?.hash !== head.hash) return found('forked', head.sequence, head.sequence)
  // An export ends where its head is: what follows was put there later.
  return records.length > head.sequence ? found('inserted', head.sequence + 1, records.length) : undefined
}

function found(kind: AuditFinding['kind'], from: number, to: number | undefined): AuditFinding {
  return { kind, from, to }
}
