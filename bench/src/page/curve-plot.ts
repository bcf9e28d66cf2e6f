import { short, tickText } from '../figures.ts'
import type { Curve, CurvePoint } from '../growth/curve.ts'
import { axisSvg } from './axis.ts'
import { escapeHtml } from './html.ts'
import { type Scale, scaleOf } from './scale.ts'

const height = 200

/** How a figure grows: a line for each series, with the spread where it is known. */
export function curvePlot({ name, xLabel, yLabel, unit, series, bottleneck, circumstances }: Curve): string {
  const points = series.flatMap(each => each.points)
  if (points.length === 0) return ''
  const x = scaleOf(points.map(point => point.x))
  const values = points.flatMap(({ y, low = y, high = y }) => [y, low, high])
  const y = scaleOf(values.every(value => value > 0) && Math.max(...values) / Math.min(...values) >= 30 ? values : [0, ...values], {
    mostTicks: 4,
  })
  const rows = y.ticks.map(
    tick =>
      `<line class="grid" x1="0" x2="100%" y1="${down(y, tick)}" y2="${down(y, tick)}"/><text x="-8" y="${down(y, tick) + 4}" text-anchor="end">${tickText(tick)}</text>`,
  )
  const lines = series.map((each, index) => seriesSvg(each.points, x, y, `series-${index % 6}`))
  const legend = series.map((each, index) => `<li><i class="key series-${index % 6}"></i>${escapeHtml(each.name)}</li>`)
  return [
    `<article class="card"><h3>${escapeHtml(name)}</h3><ul class="legend">${legend.join('')}</ul>`,
    `<p class="note">${escapeHtml(`${yLabel}${unit === '' ? '' : ` (${unit})`}`)}</p>`,
    `<svg class="chart" role="img" aria-label="${escapeHtml(`${name}: ${yLabel} over ${xLabel}`)}" height="${height + 18}">`,
    ...rows,
    axisSvg(x, height),
    ...lines,
    `</svg><p class="note x-label">${escapeHtml(xLabel)}</p>`,
    `<p><b>What comes next as a limit:</b> ${escapeHtml(bottleneck)}</p>`,
    `<p class="note">${escapeHtml(`${circumstances.at.slice(0, 10)}, ${circumstances.cores} × ${circumstances.cpu}, load ${circumstances.load.toFixed(1)}`)}</p></article>`,
  ].join('')
}

function seriesSvg(points: readonly CurvePoint[], x: Scale, y: Scale, kind: string): string {
  const sorted = [...points].sort((left, right) => left.x - right.x)
  // Lines between neighbours, for only these can have their ends in percent.
  const parts = sorted.map((point, index) => {
    const [cx, cy] = [x.at(point.x), down(y, point.y)]
    const { low = point.y, high = point.y } = point
    const before = sorted[index - 1]
    const line = before === undefined ? '' : `<line x1="${x.at(before.x)}%" y1="${down(y, before.y)}" x2="${cx}%" y2="${cy}"/>`
    const spread = low === high ? '' : `<line class="spread" x1="${cx}%" x2="${cx}%" y1="${down(y, low)}" y2="${down(y, high)}"/>`
    return `${line}${spread}<circle cx="${cx}%" cy="${cy}" r="4"><title>${short(point.x)}: ${short(point.y)}</title></circle>`
  })
  return `<g class="curve ${kind}">${parts.join('')}</g>`
}

function down(scale: Scale, value: number): number {
  return Math.round(height * (100 - scale.at(value))) / 100
}
