import { type Bound, type ComparisonResult, isMet, isTooNoisy, type MeasureResult } from './compare.ts'

/** The results as a Markdown table: missed goals first, what is only for information last. */
export function resultTable(results: readonly ComparisonResult[]): string {
  const rows = results.flatMap(result => result.measures.map(measure => ({ result, measure })))
  rows.sort((left, right) => rank(left.measure) - rank(right.measure))
  return [
    '| goal | comparison | figure | A | B | judged: median (95 %) | wanted | rounds kept |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows.map(({ result, measure }) => `| ${cells(result, measure).join(' | ')} |`),
  ].join('\n')
}

function cells(result: ComparisonResult, measure: MeasureResult): readonly string[] {
  const { figure, of, a, b, judged, low, high, goal } = measure
  return [
    verdictText(measure),
    result.name,
    figure,
    `${result.a}: ${short(a)}`,
    `${result.b}: ${short(b)}`,
    `${of} = ${short(judged)} (${short(low)}–${short(high)})`,
    goal === undefined ? '–' : boundText(goal),
    `${result.rounds - result.dropped}/${result.rounds}${isTooNoisy(result) ? ', too noisy' : ''}`,
  ]
}

function rank(measure: MeasureResult): number {
  const met = isMet(measure)
  return met === undefined ? 2 : Number(met)
}

function verdictText(measure: MeasureResult): string {
  const met = isMet(measure)
  if (met === undefined) return 'for information'
  return met ? 'met' : '**missed**'
}

function boundText(bound: Bound): string {
  return 'atLeast' in bound ? `≥ ${bound.atLeast.toLocaleString('en')}` : `≤ ${bound.atMost.toLocaleString('en')}`
}

/** Three digits that count. */
function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return new Intl.NumberFormat('en', { maximumSignificantDigits: 3 }).format(value)
}
