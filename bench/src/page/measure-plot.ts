import { type ComparisonResult, judgedIn, type MeasureResult } from '../compare.ts'
import { boundText, short } from '../figures.ts'
import { roundsOf } from '../noise.ts'
import { axisSvg } from './axis.ts'
import { escapeHtml } from './html.ts'
import { type Scale, scaleOf } from './scale.ts'

const bottom = 52

/** A measure: what each round gave, the median with its interval, and the goal with the side that is right shaded. */
export function measurePlot(result: ComparisonResult, measure: MeasureResult): string {
  const { of, figure, judged, low, high, goal } = measure
  const rounds = roundsOf(result).map(round => ({ value: judgedIn(measure, round), isKept: round.isKept }))
  const bound = goal === undefined ? undefined : 'atLeast' in goal ? goal.atLeast : goal.atMost
  const scale = scaleOf([low, high, judged, ...(bound === undefined ? [] : [bound]), ...rounds.map(({ value }) => value)])
  const dots = rounds.map(({ value, isKept }, index) => {
    const y = 9 + (index % 3) * 7
    const title = `<title>round ${index + 1}: ${short(value)}${isKept ? '' : ', dropped'}</title>`
    return `<circle class="${isKept ? 'dot' : 'dot dropped'}" cx="${scale.at(value)}%" cy="${y}" r="4">${title}</circle>`
  })
  const label = `${figure}: ${of} = ${short(judged)}, 95 % interval ${short(low)} to ${short(high)}${goal === undefined ? '' : `, wanted ${boundText(goal)}`}`
  return [
    `<svg class="measure" role="img" aria-label="${escapeHtml(label)}" height="${bottom + 18}">`,
    goal === undefined ? '' : goalSvg(goal, scale),
    axisSvg(scale, bottom),
    `<line class="interval" x1="${scale.at(low)}%" x2="${scale.at(high)}%" y1="40" y2="40"/>`,
    `<line class="median" x1="${scale.at(judged)}%" x2="${scale.at(judged)}%" y1="33" y2="47"/>`,
    ...dots,
    '</svg>',
  ].join('')
}

function goalSvg(goal: NonNullable<MeasureResult['goal']>, scale: Scale): string {
  const isFloor = 'atLeast' in goal
  const at = scale.at(isFloor ? goal.atLeast : goal.atMost)
  const area = isFloor ? `x="${at}%" width="${100 - at}%"` : `x="0" width="${at}%"`
  return `<rect class="right" ${area} y="0" height="${bottom}"/><line class="goal" x1="${at}%" x2="${at}%" y1="0" y2="${bottom}"/>`
}
