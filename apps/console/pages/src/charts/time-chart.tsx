import { lazy, Suspense } from 'react'
import type { TimeChartProps } from './drawn-chart.tsx'
import classes from './time-chart.module.css'

export type { Series } from './drawn-chart.tsx'

/** What draws is half of all the pages' code, and nobody has to wait for it to see what is wrong. */
const DrawnChart = lazy(() => import('./drawn-chart.tsx'))

/** Figures over time, to be looked at; and the same as a table, to be read. */
export function TimeChart(props: TimeChartProps) {
  return (
    <Suspense
      fallback={
        <figure className={classes.chart}>
          <figcaption>{props.title}</figcaption>
          <div className={classes.none} />
        </figure>
      }
    >
      <DrawnChart {...props} />
    </Suspense>
  )
}
