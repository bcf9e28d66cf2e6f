import { type ComparisonResult, fewestRounds, isMet, isTooNoisy, type MeasureResult } from './compare.ts'

/** In the order in which they are shown: what was missed first. */
export const verdicts = ['missed', 'too noisy', 'too few rounds', 'met', 'for information'] as const

export type Verdict = (typeof verdicts)[number]

type Counted = Pick<ComparisonResult, 'rounds' | 'dropped'>

/** What is said of a measure: nothing where too many rounds were dropped, or too few were run. */
export function verdictOf(counted: Counted, measure: Pick<MeasureResult, 'goal' | 'judged'>): Verdict {
  const met = isMet(measure)
  if (met === undefined) return 'for information'
  if (isTooNoisy(counted)) return 'too noisy'
  if (counted.rounds < fewestRounds) return 'too few rounds'
  return met ? 'met' : 'missed'
}

/** The measures of a comparison with their verdicts, in the order in which they are shown. */
export function judgedMeasures(result: ComparisonResult): readonly (readonly [Verdict, MeasureResult])[] {
  return result.measures
    .map(measure => [verdictOf(result, measure), measure] as const)
    .sort(([left], [right]) => verdicts.indexOf(left) - verdicts.indexOf(right))
}

/** Of results, those first that have the worst verdict. */
export function worstFirst<Result extends ComparisonResult>(results: readonly Result[]): readonly Result[] {
  const worst = (result: Result) => Math.min(...result.measures.map(measure => verdicts.indexOf(verdictOf(result, measure))))
  return [...results].sort((left, right) => worst(left) - worst(right))
}
