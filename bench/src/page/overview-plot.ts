import type { Bound, ComparisonResult, MeasureResult } from '../compare.ts'
import { boundText, short } from '../figures.ts'
import { type Verdict, verdictOf, verdicts } from '../verdict.ts'
import { axisSvg } from './axis.ts'
import { escapeHtml } from './html.ts'
import { type Scale, scaleOf } from './scale.ts'

interface Row {
  readonly name: string
  readonly verdict: Verdict
  readonly measure: MeasureResult
  readonly goal: Bound
}

/** Every goal on one axis: 1 is the goal, and what lies right of it is better, whichever way the goal goes. Missed ones first, the widest gap on top. */
export function overviewPlot(results: readonly ComparisonResult[]): string {
  const rows = results.flatMap(result =>
    result.measures.flatMap(measure =>
      measure.goal === undefined ? [] : [{ name: result.name, verdict: verdictOf(result, measure), measure, goal: measure.goal }],
    ),
  )
  if (rows.length === 0) return ''
  rows.sort(
    (left, right) =>
      verdicts.indexOf(left.verdict) - verdicts.indexOf(right.verdict) ||
      margin(left.goal, left.measure.judged) - margin(right.goal, right.measure.judged),
  )
  const scale = scaleOf([1, ...rows.flatMap(({ goal, measure }) => [margin(goal, measure.low), margin(goal, measure.high)])], {
    kind: 'log',
    mostTicks: 7,
  })
  const axis = `<div class="row axis-row"><span>1 = goal</span><svg height="18" aria-hidden="true">${axisSvg(scale, 1)}</svg></div>`
  return `<div class="overview">${rows.map(row => rowHtml(row, scale)).join('')}${axis}</div>`
}

function rowHtml({ name, verdict, measure, goal }: Row, scale: Scale): string {
  const { figure, of, judged, low, high } = measure
  const [from, to] = [margin(goal, low), margin(goal, high)].map(scale.at).sort((left, right) => left - right)
  const median = scale.at(margin(goal, judged))
  const marks =
    `<line class="interval" x1="${from}%" x2="${to}%" y1="12" y2="12"/>` +
    `<line class="median" x1="${median}%" x2="${median}%" y1="5" y2="19"/>`
  const text = `${of} = ${short(judged)}, wanted ${boundText(goal)}`
  return (
    `<a class="row ${slug(verdict)}" href="#${escapeHtml(name)}"><span><b class="badge">${verdict}</b> ${escapeHtml(name)} ` +
    `<small>${escapeHtml(figure)}: ${text}</small></span><svg height="24" role="img" aria-label="${escapeHtml(`${name}: ${text}`)}">` +
    `<rect class="right" x="${scale.at(1)}%" width="${100 - scale.at(1)}%" y="0" height="24"/>` +
    `<line class="goal" x1="${scale.at(1)}%" x2="${scale.at(1)}%" y1="0" y2="24"/>${marks}</svg></a>`
  )
}

/** How many times better than the goal; below 1 it is missed. */
function margin(goal: Bound, value: number): number {
  return 'atLeast' in goal ? value / goal.atLeast : goal.atMost / value
}

/** A verdict as a class. */
export function slug(verdict: Verdict): string {
  return verdict.replaceAll(' ', '-')
}
