import { tickText } from '../figures.ts'
import type { Scale } from './scale.ts'

/** The lines and figures of a horizontal axis, for a plot whose marks end at `bottom`. */
export function axisSvg({ ticks, at }: Scale, bottom: number): string {
  const marks = ticks.map(
    tick =>
      `<line class="grid" x1="${at(tick)}%" x2="${at(tick)}%" y1="0" y2="${bottom}"/>` +
      `<text x="${at(tick)}%" y="${bottom + 14}" text-anchor="middle">${tickText(tick)}</text>`,
  )
  return `<line class="axis" x1="0" x2="100%" y1="${bottom}" y2="${bottom}"/>${marks.join('')}`
}
