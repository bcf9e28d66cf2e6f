import type { IssuerDesk } from '@hufu/credentials'
import { type Clock, dayInChina, errorCode, systemClock } from '@hufu/primitives'
import { type CheckedLine, checkFile, claimsOfContent, contentOfRow, disclosablePaths, type FilePolicy, type Problem } from '@hufu/records'
import type { Outgoing } from './outgoing.ts'
import { type Pace, ProgressMeter } from './progress-meter.ts'

export interface IssueResidentsOptions {
  /** The file's bytes. */
  readonly chunks: AsyncIterable<Uint8Array>
  readonly policy: Omit<FilePolicy, 'clock'>
  readonly credentialType: string
  readonly desk: IssuerDesk
  readonly outgoing: Pick<Outgoing, 'find' | 'add'>
  /** Checks the claims against the type's schema; throws if they do not follow it. */
  readonly validate: (claims: Readonly<Record<string, unknown>>) => Promise<unknown>
  readonly onProblem: (problem: Problem) => void
  readonly onProgress?: (progress: BatchCounts & Pace) => void
  /** How many rows there are, for the time that remains. */
  readonly totalRows?: number
  /** Rows under way at once, which share writes to the disk; default 64. */
  readonly concurrency?: number
  /** Stops after the rows under way. */
  readonly signal?: AbortSignal
  readonly clock?: Clock
}

/** What became of the rows. */
export interface BatchCounts {
  readonly rows: number
  readonly issued: number
  /** Issued before, by an earlier run. */
  readonly unchanged: number
  /** Good rows that give no such credential, such as one without a concession. */
  readonly passedOver: number
  /** Rows that break a rule. */
  readonly bad: number
}

/**
 * Issues a credential from each good row of a residents' file, once. Can be stopped anywhere, also by `kill -9`, and called again with the same file or
 * another: what was issued is passed over, what was begun is completed.
 *
 * @returns counts of this run; `stopped` is true if the signal ended it before the last row
 * @throws what the desk, the disk or the ledger throws, once the other rows under way have ended; call again to go on
 */
export async function issueResidents(options: IssueResidentsOptions): Promise<BatchCounts & { readonly stopped: boolean }> {
  const { clock = systemClock, concurrency = 64, signal } = options
  const today = dayInChina(clock.nowMs())
  const counts = { rows: 0, issued: 0, unchanged: 0, passedOver: 0, bad: 0 }
  const meter = new ProgressMeter(clock, options.totalRows)
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  let stopped = false
  for await (const checked of checkFile(options.chunks, { ...options.policy, clock })) {
    stopped = signal?.aborted === true
    if (stopped || failures.length > 0) break
    counts.rows++
    if ('problems' in checked) {
      counts.bad++
      for (const problem of checked.problems) options.onProblem(problem)
      continue
    }
    const task: Promise<void> = issueRow(options, checked, today)
      .then(outcome => {
        counts[outcome]++
        const pace = meter.measure(counts.rows)
        if (pace !== undefined) options.onProgress?.({ ...counts, ...pace })
      })
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(task))
    underWay.add(task)
    if (underWay.size >= concurrency) await Promise.race(underWay)
  }
  await Promise.all(underWay)
  if (failures.length > 0) throw failures[0]
  return { ...counts, stopped }
}

async function issueRow(
  { desk, outgoing, credentialType, validate, onProblem }: IssueResidentsOptions,
  { line, column, row }: Extract<CheckedLine, { row: unknown }>,
  today: string,
): Promise<'issued' | 'unchanged' | 'passedOver' | 'bad'> {
  const content = contentOfRow(credentialType, row, today)
  if (content === null) return 'passedOver'
  const claims = claimsOfContent(content, today)
  const key = desk.keyOf(credentialType, row.residentNumber)
  try {
    await validate(claims)
    const { credentialId, credential } = await desk.issue({
      key,
      credentialType,
      claims,
      comparedContent: content,
      disclosable: disclosablePaths(claims),
      notBeforeMs: content.notBeforeMs,
      expiresAtMs: content.expiresAtMs,
    })
    if (credential === undefined) return 'unchanged'
    // Signed before a crash and kept: that one counts, and the one just signed is never seen by anybody.
    const kept = outgoing.find(credentialId)
    if (kept === undefined) await outgoing.add({ credentialId, line, credential })
    await desk.delivered(key, kept?.credential ?? credential)
    return 'issued'
  } catch (error) {
    if (errorCode(error) !== 'ERR_CREDENTIAL_CONFLICT') throw error
    onProblem({ line, column, rule: 'row-changed-since-issued' })
    return 'bad'
  }
}
