import { type Bound, type ComparisonResult, isMet, isTooNoisy, type MeasureResult } from './compare.ts'

/** The results as a Markdown table: missed goals first, then those without a verdict; what is only for information last. */
export function resultTable(results: readonly ComparisonResult[]): string {
  const rows = results.flatMap(result => result.measures.map(measure => ({ result, measure, verdict: verdictOf(result, measure) })))
  rows.sort((left, right) => verdicts.indexOf(left.verdict) - verdicts.indexOf(right.verdict))
  return [
    '| goal | comparison | figure | A | B | judged: median (95 %) | wanted | rounds kept |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ result, measure, verdict }) => `| ${[verdict, ...cells(result, measure)].join(' | ')} |`),
  ].join('\n')
}

/** In the order of the table. */
const verdicts = ['**missed**', 'too noisy', 'met', 'for information'] as const

function verdictOf(result: ComparisonResult, measure: MeasureResult): (typeof verdicts)[number] {
  const met = isMet(measure)
  if (met === undefined) return 'for information'
  if (isTooNoisy(result)) return 'too noisy'
  return met ? 'met' : '**missed**'
}

function cells(result: ComparisonResult, measure: MeasureResult): readonly string[] {
  const { figure, of, a, b, judged, low, high, goal } = measure
  return [
    result.name,
    figure,
    `${result.a}: ${short(a)}`,
    `${result.b}: ${short(b)}`,
    `${of} = ${short(judged)} (${short(low)}–${short(high)})`,
    goal === undefined ? '–' : boundText(goal),
    `${result.rounds - result.dropped}/${result.rounds}`,
  ]
}

function boundText(bound: Bound): string {
  return 'atLeast' in bound ? `≥ ${bound.atLeast.toLocaleString('en')}` : `≤ ${bound.atMost.toLocaleString('en')}`
}

/** Three digits that count. */
function short(value: number): string {
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value)
}
