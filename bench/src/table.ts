import type { ComparisonResult, MeasureResult } from './compare.ts'
import { boundText, short } from './figures.ts'
import { verdictOf, verdicts } from './verdict.ts'

/** The results as a Markdown table: missed goals first, then those without a verdict; what is only for information last. */
export function resultTable(results: readonly ComparisonResult[]): string {
  const rows = results.flatMap(result => result.measures.map(measure => ({ result, measure, verdict: verdictOf(result, measure) })))
  rows.sort((left, right) => verdicts.indexOf(left.verdict) - verdicts.indexOf(right.verdict))
  return [
    '| goal | comparison | figure | A | B | judged: median (95 %) | wanted | rounds kept |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ result, measure, verdict }) => {
      const shown = verdict === 'missed' ? '**missed**' : verdict
      return `| ${[shown, ...cells(result, measure)].join(' | ')} |`
    }),
  ].join('\n')
}

function cells(result: ComparisonResult, measure: MeasureResult): readonly string[] {
  const { figure, of, a, b, judged, low, high, goal } = measure
  return [
    result.name,
    figure,
    `${result.a}: ${short(a)}`,
    of === 'A' ? '–' : `${result.b}: ${short(b)}`,
    `${of} = ${short(judged)} (${short(low)}–${short(high)})`,
    goal === undefined ? '–' : boundText(goal),
    `${result.rounds - result.dropped}/${result.rounds}`,
  ]
}
