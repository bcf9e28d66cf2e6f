import { useTexts } from '@hufu/look'
import { memo, useMemo } from 'react'
import type { FleetPoint } from '../../../src/api-types.ts'
import { type Series, TimeChart } from '../charts/time-chart.tsx'
import classes from './fleet-charts.module.css'
import { fleetTexts } from './fleet-texts.ts'

const gib = 1024 ** 3

interface FleetChartsProps {
  readonly points: readonly FleetPoint[]
  /** With what goes by validator, too. */
  readonly isFull?: boolean
}

/** How the fleet was over time. Drawn anew only when there is something new to draw. */
export const FleetCharts = memo(function FleetCharts({ points, isFull = false }: FleetChartsProps) {
  const { charts } = useTexts(fleetTexts)
  const timesMs = useMemo(() => points.map(({ atMs }) => atMs), [points])
  const of = (name: string, value: (point: FleetPoint) => number | null): readonly Series[] => [{ name, values: points.map(value) }]
  const byNode = (value: (node: FleetPoint['nodes'][number], point: FleetPoint) => number | null): readonly Series[] =>
    (points.at(-1)?.nodes ?? []).map(({ name }) => ({
      name,
      values: points.map(point => {
        const node = point.nodes.find(each => each.name === name)
        return node === undefined ? null : value(node, point)
      }),
    }))
  const disks = byNode(({ diskFreeBytes }) => (diskFreeBytes === null ? null : diskFreeBytes / gib))
  return (
    <div className={classes.charts}>
      <TimeChart
        title={charts.margin}
        timesMs={timesMs}
        series={of(charts.margin, ({ margin }) => margin)}
        kind="step"
        from={Math.min(0, ...points.map(({ margin }) => margin))}
        floor={{ value: 0, label: charts.stops }}
        isWhole
      />
      <TimeChart
        title={charts.blockTime}
        timesMs={timesMs}
        series={of(charts.blockTime, ({ blockTimeMs }) => (blockTimeMs === null ? null : blockTimeMs / 1000))}
        kind="area"
        from={0}
      />
      <TimeChart title={charts.height} timesMs={timesMs} series={of(charts.height, ({ height }) => height)} isWhole />
      <TimeChart
        title={charts.viewChanges}
        timesMs={timesMs}
        series={of(charts.viewChanges, ({ viewChanges }) => viewChanges)}
        kind="bar"
        from={0}
        isWhole
      />
      {isFull && (
        <>
          <TimeChart
            title={charts.behind}
            timesMs={timesMs}
            series={byNode((node, { height }) => (node.height === null || height === null ? null : Math.max(0, height - node.height)))}
            from={0}
            isWhole
            isTall
          />
          {disks.some(({ values }) => values.some(value => value !== null)) && (
            <TimeChart title={charts.disk} timesMs={timesMs} series={disks} isTall />
          )}
        </>
      )}
    </div>
  )
})
