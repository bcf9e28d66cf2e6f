import type { ComparisonResult, GoalResult } from './compare.ts'

/** The results as a Markdown table, missed goals first. */
export function resultTable(results: readonly ComparisonResult[]): string {
  const rows = results.flatMap(result => result.goals.map(goal => ({ result, goal })))
  rows.sort((left, right) => Number(left.goal.met) - Number(right.goal.met))
  const lines = rows.map(({ result, goal }) =>
    [
      goal.met ? 'met' : '**missed**',
      result.name,
      goal.figure,
      `${figure(goal.a)} (${result.a})`,
      `${figure(goal.b)} (${result.b})`,
      `${figure(goal.ratio)} (${figure(goal.low)}–${figure(goal.high)})`,
      goalText(goal),
      `${result.rounds - result.dropped}/${result.rounds}`,
    ].join(' | '),
  )
  return [
    '| goal | comparison | figure | A | B | median A/B (95 %) | wanted | rounds kept |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines.map(line => `| ${line} |`),
  ].join('\n')
}

function goalText(goal: GoalResult): string {
  return 'atLeast' in goal.goal ? `≥ ${goal.goal.atLeast}` : `≤ ${goal.goal.atMost}`
}

function figure(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(3).replace(/e\+?(-?\d+)/, '·10^$1') : '–'
}
