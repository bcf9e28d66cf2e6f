import type { StaffClient } from '@hufu/look'
import type { LedgerAuditAnchor } from '@hufu/service/check-audit-log'
import type { AnchorAnswer } from '../../../src/api-types.ts'
import { checkAnswer } from '../verify/check-answer.ts'
import type { TrustedNetwork } from '../verify/trusted-network.ts'

/** An anchor that this server gave is not what the validators signed. */
export class FalseAnchor extends Error {}

const atOnce = 6

/**
 * Every head of a log that was anchored, the oldest first, each proven in this browser.
 *
 * @param onProgress - how many of how many are there
 * @throws FalseAnchor, ApiProblem
 */
export async function provenAnchors(
  client: StaffClient,
  { did, list }: { readonly did: string; readonly list: string },
  trusted: TrustedNetwork,
  onProgress: (done: number, all: number) => void,
): Promise<readonly LedgerAuditAnchor[]> {
  const read = async (sequence: number | 'latest') => {
    const query = sequence === 'latest' ? '' : `?sequence=${sequence}`
    const answer = await client.get<AnchorAnswer>(`/v1/explorer/anchors/${encodeURIComponent(did)}/${encodeURIComponent(list)}${query}`)
    const verdict = await checkAnswer({ kind: 'statusListAnchor', did, listId: list, sequence }, answer, trusted, Date.now())
    if (verdict.outcome === 'false') throw new FalseAnchor()
    return answer.shown
  }
  const latest = await read('latest')
  if (latest === null) return []
  const anchors: LedgerAuditAnchor[] = []
  for (let first = 1; first < latest.sequence; first += atOnce) {
    const sequences = Array.from({ length: Math.min(atOnce, latest.sequence - first) }, (_, index) => first + index)
    for (const shown of await Promise.all(sequences.map(read))) {
      // There is a later one, so this one must be there.
      if (shown === null) throw new FalseAnchor()
      anchors.push({ hash: shown.sha256, timeMs: shown.timeMs, blockIndex: shown.blockIndex })
    }
    onProgress(anchors.length, latest.sequence)
  }
  return [...anchors, { hash: latest.sha256, timeMs: latest.timeMs, blockIndex: latest.blockIndex }]
}
