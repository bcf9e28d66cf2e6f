import { useSpeech, useTexts } from '@hufu/look'
import { useId, useMemo } from 'react'
import { Area, Bar, CartesianGrid, ComposedChart, Legend, Line, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { fleetTexts } from '../fleet/fleet-texts.ts'
import classes from './time-chart.module.css'

/** A line of figures over time. */
export interface Series {
  readonly name: string
  readonly values: readonly (number | null)[]
}

export interface TimeChartProps {
  readonly title: string
  readonly timesMs: readonly number[]
  readonly series: readonly Series[]
  readonly kind?: 'line' | 'area' | 'bar' | 'step'
  /** Below this is trouble. */
  readonly floor?: { readonly value: number; readonly label: string }
  /** Where the axis begins; default: where the figures do. */
  readonly from?: number
  /** Figures are whole numbers. */
  readonly isWhole?: boolean
  readonly isTall?: boolean
}

const colours = ['patina-5', 'bronze-6', 'cinnabar-5', 'gray-6', 'bronze-4', 'cinnabar-6', 'patina-7'].map(
  name => `var(--mantine-color-${name})`,
)
const height = 168
const tallHeight = 260
const tableRows = 30
const dashes = ['', '6 3', '2 3', '10 3 2 3', '1 4', '8 2', '4 4']

/** Figures over time, to be looked at; and the same as a table, to be read. */
export default function DrawnChart({
  title,
  timesMs,
  series,
  kind = 'line',
  floor,
  from,
  isWhole = false,
  isTall = false,
}: TimeChartProps) {
  const texts = useTexts(fleetTexts)
  const { language, number, exactTime } = useSpeech()
  const id = useId()
  const rows = useMemo(
    () =>
      timesMs.map((atMs, index) => ({
        atMs,
        ...Object.fromEntries(series.map(({ values }, place) => [`s${place}`, values[index] ?? null])),
      })),
    [timesMs, series],
  )
  const clock = new Intl.DateTimeFormat(language, axisFormat(timesMs))
  const shown = (value: number): string => number(isWhole ? Math.round(value) : Math.round(value * 100) / 100)
  return (
    <figure className={classes.chart} aria-labelledby={id}>
      <figcaption id={id}>{title}</figcaption>
      {timesMs.length < 2 ? (
        <p className={classes.none}>{texts.charts.none}</p>
      ) : (
        <>
          <div aria-hidden="true" style={{ height: isTall ? tallHeight : height }}>
            <ResponsiveContainer width="100%" height="100%">
              <ComposedChart data={rows} margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
                <CartesianGrid stroke="var(--hufu-line)" vertical={false} />
                <XAxis
                  dataKey="atMs"
                  type="number"
                  domain={['dataMin', 'dataMax']}
                  tickFormatter={value => clock.format(value)}
                  stroke="var(--mantine-color-dimmed)"
                  tickLine={false}
                  fontSize={12}
                  minTickGap={48}
                />
                <YAxis
                  domain={[from ?? 'auto', 'auto']}
                  allowDecimals={!isWhole}
                  tickFormatter={shown}
                  stroke="var(--mantine-color-dimmed)"
                  axisLine={false}
                  tickLine={false}
                  fontSize={12}
                  width={56}
                />
                <Tooltip
                  isAnimationActive={false}
                  labelFormatter={value => exactTime(Number(value))}
                  formatter={value => shown(Number(value))}
                  contentStyle={{ borderRadius: 10, border: '1px solid var(--hufu-line)', background: 'var(--hufu-surface)' }}
                />
                {series.length > 1 && <Legend iconType="plainline" wrapperStyle={{ fontSize: 12 }} />}
                {floor !== undefined && (
                  <ReferenceLine
                    y={floor.value}
                    stroke="var(--hufu-cinnabar)"
                    strokeDasharray="5 4"
                    label={{ value: floor.label, position: 'insideBottomRight', fontSize: 11, fill: 'var(--mantine-color-error)' }}
                  />
                )}
                {series.map(({ name }, place) => drawn(kind, `s${place}`, name, place))}
              </ComposedChart>
            </ResponsiveContainer>
          </div>
          <details className={classes.table}>
            <summary>{texts.charts.asTable}</summary>
            {/* A box that scrolls must be reachable by keyboard (WCAG 2.2, 2.1.1). */}
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
            <section className={classes.scroll} tabIndex={0} aria-label={title}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{texts.charts.time}</th>
                    {series.map(({ name }) => (
                      <th key={name} scope="col">
                        {name}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {thinned(timesMs.length).map(index => (
                    <tr key={timesMs[index]}>
                      <th scope="row">{exactTime(timesMs[index]!)}</th>
                      {series.map(({ name, values }) => (
                        <td key={name}>{values[index] == null ? '—' : shown(values[index])}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </details>
        </>
      )}
    </figure>
  )
}

function drawn(kind: NonNullable<TimeChartProps['kind']>, dataKey: string, name: string, place: number) {
  const colour = colours[place % colours.length]!
  const common = { dataKey, name, isAnimationActive: false }
  if (kind === 'bar') return <Bar key={dataKey} {...common} fill={colour} maxBarSize={14} />
  if (kind === 'line')
    return (
      <Line
        key={dataKey}
        {...common}
        type="monotone"
        stroke={colour}
        strokeWidth={2}
        strokeDasharray={dashes[place % dashes.length]!}
        dot={false}
      />
    )
  const type = kind === 'step' ? 'stepAfter' : 'monotone'
  return <Area key={dataKey} {...common} type={type} stroke={colour} strokeWidth={2} fill={colour} fillOpacity={0.14} dot={false} />
}

function axisFormat(timesMs: readonly number[]): Intl.DateTimeFormatOptions {
  const spanMs = (timesMs.at(-1) ?? 0) - (timesMs[0] ?? 0)
  if (spanMs > 2 * 86_400_000) return { month: 'numeric', day: 'numeric' }
  return spanMs > 600_000 ? { hour: '2-digit', minute: '2-digit' } : { hour: '2-digit', minute: '2-digit', second: '2-digit' }
}

/** Places of so many rows, evenly over all, the newest first. */
function thinned(count: number): readonly number[] {
  const rows = Math.min(count, tableRows)
  return Array.from({ length: rows }, (_, row) => count - 1 - Math.floor((row * (count - 1)) / Math.max(1, rows - 1)))
}
