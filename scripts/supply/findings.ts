/** A known vulnerability in something that is used here. */
export interface Finding {
  /** As the database calls it: `GHSA-…` or `GO-…`. */
  readonly id: string
  readonly package: string
  /** The program or folder that has it. */
  readonly where: string
  readonly title: string
  /** What goes to users; the rest builds and tests. */
  readonly shipped: boolean
}

/** A finding that was looked at and does no harm here, in docs/accepted-findings.json. */
export interface AcceptedFinding {
  readonly id: string
  readonly package: string
  readonly where: string
  readonly why: string
  /** Days, `2026-11-27`. */
  readonly accepted: string
  readonly reviewBy: string
}

export interface Comparison {
  /** Shipped, and nobody has looked at it. */
  readonly unknown: readonly Finding[]
  /** Looked at so long ago that it has to be looked at again. */
  readonly overdue: readonly AcceptedFinding[]
  /** Accepted and no longer found, by those who were asked. */
  readonly gone: readonly AcceptedFinding[]
  /** In what is not shipped: shown, and no reason to fail. */
  readonly elsewhere: readonly Finding[]
}

/**
 * Compares what was found with what was accepted: the same vulnerability of the same package in the same place.
 *
 * @param today - `2026-11-27`
 * @param asked - places that were looked at; an accepted finding of another one is not said to be gone
 */
export function compareFindings(
  findings: readonly Finding[],
  accepted: readonly AcceptedFinding[],
  today: string,
  asked: ReadonlySet<string>,
): Comparison {
  const keyOf = ({ id, package: name, where }: Finding | AcceptedFinding) => `${id} ${name} ${where}`
  const known = new Set(accepted.map(keyOf))
  const found = new Set(findings.map(keyOf))
  return {
    unknown: findings.filter(finding => finding.shipped && !known.has(keyOf(finding))),
    overdue: accepted.filter(({ reviewBy }) => reviewBy < today),
    gone: accepted.filter(finding => asked.has(finding.where) && !found.has(keyOf(finding))),
    elsewhere: findings.filter(finding => !finding.shipped && !known.has(keyOf(finding))),
  }
}

/** Longest time for which a finding may be accepted. */
const longestDays = 100

/** What is wrong with the list itself. */
export function faultsOfAccepted(accepted: readonly AcceptedFinding[]): readonly string[] {
  const days = (text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) / 86_400_000 : Number.NaN)
  return accepted.flatMap(({ id, package: name, why, accepted: from, reviewBy }) => {
    const length = days(reviewBy) - days(from)
    return [
      ...(length > 0 && length <= longestDays ? [] : [`${id} ${name}: expected days, and a review within ${longestDays} of them`]),
      ...(why.length >= 20 ? [] : [`${id} ${name}: expected a reason`]),
    ]
  })
}
