import { digits } from './bottleneck.ts'
import type { Curve, CurvePoint } from './curve.ts'

/** A curve as a Markdown table, a row for each size, and what comes next as a limit. */
export function curveTable({ name, xLabel, yLabel, unit, series, bottleneck }: Curve): string {
  const sizes = [...new Set(series.flatMap(({ points }) => points.map(({ x }) => x)))].sort((left, right) => left - right)
  return [
    `**${name}**: ${yLabel} (${unit})`,
    '',
    rowOf([xLabel, ...series.map(each => each.name)]),
    rowOf([xLabel, ...series].map(() => '---')),
    ...sizes.map(size => rowOf([size.toLocaleString('en'), ...series.map(({ points }) => cellOf(points.find(({ x }) => x === size)))])),
    '',
    `Next: ${bottleneck}`,
  ].join('\n')
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}

function cellOf(point: CurvePoint | undefined): string {
  if (point === undefined) return '–'
  const { y, low, high } = point
  return low === undefined || high === undefined ? digits(y) : `${digits(y)} (${digits(low)}–${digits(high)})`
}
