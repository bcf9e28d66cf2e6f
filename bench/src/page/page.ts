import type { Measured } from '../day-results.ts'
import { boundText, short } from '../figures.ts'
import type { Curve } from '../growth/curve.ts'
import { noiseOf, noiseText } from '../noise.ts'
import { judgedMeasures, type Verdict, verdictOf, verdicts, worstFirst } from '../verdict.ts'
import { curvePlot } from './curve-plot.ts'
import { escapeHtml } from './html.ts'
import { measurePlot } from './measure-plot.ts'
import { noisePlot } from './noise-plot.ts'
import { overviewPlot, slug } from './overview-plot.ts'
import { style } from './style.ts'

/** Results as one page that stands alone: no scripts, nothing from elsewhere. What was missed comes first. */
export function pageHtml(measured: readonly Measured[], curves: readonly Curve[]): string {
  const results = worstFirst(measured.map(each => each.result))
  const circumstances = new Map(measured.map(each => [each.result, each.circumstances]))
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Hufu beside its peers</title>
<style>${style}</style>
<h1>Hufu beside its peers</h1>
<p>${escapeHtml(whereText(measured))}</p>
<ul class="counts">${counts(results)}</ul>
<p>Both sides of a comparison run in turns, A B B A a round; judged is the median of the ratios within rounds, with its 95 % bootstrap interval. A ratio is of our
figure to the other side’s. Dots are rounds, hollow ones were dropped because the machine changed by more than 15 % under them; the shaded side is what is wanted.</p>
<h2>Goals</h2>
${overviewPlot(results)}
<h2>The machine</h2>
<div class="card">${noiseHtml(measured)}</div>
<h2>Comparisons</h2>
${results.map(result => comparisonHtml({ result, circumstances: circumstances.get(result)! })).join('\n')}
${curves.length === 0 ? '' : `<h2>Growth</h2>\n${curves.map(curvePlot).join('\n')}`}
</html>
`
}

function counts(results: readonly Measured['result'][]): string {
  const all = results.flatMap(result => result.measures.map(measure => verdictOf(result, measure)))
  const count = (verdict: Verdict) => all.filter(each => each === verdict).length
  return verdicts
    .filter(verdict => count(verdict) > 0)
    .map(verdict => `<li class="${slug(verdict)}"><b>${count(verdict)}</b> ${verdict}</li>`)
    .join('')
}

function whereText(measured: readonly Measured[]): string {
  const places = measured.map(
    ({ circumstances: { at, cpu, cores, memoryGiB, node } }) =>
      `${at.slice(0, 10)}: ${cores} cores (${cpu}), ${memoryGiB} GiB, Node ${node.slice(1)}`,
  )
  return [...new Set(places)].join('; ')
}

function noiseHtml(measured: readonly Measured[]): string {
  if (measured.length === 0) return '<p>Nothing was measured.</p>'
  const noise = noiseOf(measured)
  return `<p>${escapeHtml(noiseText(noise))}</p>${noisePlot(noise)}`
}

function comparisonHtml({ result, circumstances }: Measured): string {
  const { name, description, peer, a, b, rounds, dropped } = result
  const parts = judgedMeasures(result).map(([verdict, measure]) => {
    const { figure, of, judged, low, high, goal } = measure
    const sides = of === 'A' ? `${a} ${short(measure.a)}` : `${a} ${short(measure.a)}, ${b} ${short(measure.b)}`
    const wanted = goal === undefined ? '' : `; wanted ${boundText(goal)}`
    return (
      `<div class="part ${slug(verdict)}"><p><b class="badge">${verdict}</b> <b>${escapeHtml(figure)}</b> ` +
      `<span class="figure">${of} = ${short(judged)} (${short(low)}–${short(high)})${wanted}</span> <small>${escapeHtml(sides)}</small></p>` +
      `${measurePlot(result, measure)}</div>`
    )
  })
  const note = `Beside: ${peer ?? b}. Rounds kept: ${rounds - dropped} of ${rounds}. Load ${circumstances.load.toFixed(1)}, ${circumstances.at.slice(0, 16).replace('T', ' ')} UTC.`
  return (
    `<article class="card" id="${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3><p>${escapeHtml(description)}</p>` +
    `<p class="note">${escapeHtml(note)}</p>${parts.join('')}</article>`
  )
}
