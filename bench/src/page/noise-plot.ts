import { short } from '../figures.ts'
import type { Noise } from '../noise.ts'

const height = 90

/** Times of the fixed loop over the run: what the machine was like when nothing of ours changed. */
export function noisePlot({ loops }: Noise): string {
  if (loops.length === 0) return ''
  const most = Math.max(...loops.map(({ ms }) => ms))
  const least = Math.min(...loops.map(({ ms }) => ms))
  const dots = loops.map(({ ms, isKept }, index) => {
    const x = (100 * (index + 0.5)) / loops.length
    return `<circle class="${isKept ? 'dot small' : 'dot small dropped'}" cx="${x.toFixed(2)}%" cy="${(8 + (height - 16) * (1 - ms / most)).toFixed(1)}" r="2"/>`
  })
  const label = `Times of the fixed loop over the run: ${short(least)} to ${short(most)} ms`
  return (
    `<svg role="img" aria-label="${label}" height="${height}"><line class="axis" x1="0" x2="100%" y1="${height - 8}" y2="${height - 8}"/>${dots.join('')}</svg>` +
    `<p class="note">${label}; from 0 at the bottom, in the order in which they were taken. Hollow: of rounds that were dropped.</p>`
  )
}
