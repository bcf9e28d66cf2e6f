import { DataTable, Loading, Page, Section, useLoaded, useSession, useSpeech, useTexts } from '@hufu/look'
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import type { FleetDetails } from '../../../src/api-types.ts'
import { duration, size } from '../frame/durations.ts'
import { Hash } from '../frame/hash.tsx'
import { AlarmCard } from './alarm-card.tsx'
import { FleetCharts } from './fleet-charts.tsx'
import classes from './fleet-page.module.css'
import { fleetTexts } from './fleet-texts.ts'
import { useLiveFleet } from './live-fleet.tsx'
import { NodeMark } from './node-tile.tsx'
import { useFleetPoints } from './use-fleet-points.ts'

const ranges = { minutes10: 600_000, hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const
type Range = keyof typeof ranges

/** Every validator with all that is known of it, and how the fleet was. */
export function FleetPage() {
  const texts = useTexts(fleetTexts)
  const { number, language } = useSpeech()
  const { fleet } = useLiveFleet()
  const { me } = useSession()
  const [range, setRange] = useState<Range>('minutes10')
  const points = useFleetPoints(ranges[range])
  return (
    <Page title={texts.fleet} explain={texts.fleetExplain}>
      {fleet === undefined ? (
        <Loading lines={7} />
      ) : (
        <>
          <DataTable
            caption={texts.nodes}
            rows={fleet.nodes}
            keyOf={({ name }) => name}
            empty="—"
            columns={[
              { title: texts.nodes, show: node => <strong className={classes.name}>{node.name}</strong> },
              { title: texts.online, show: node => <NodeMark node={node} fleet={fleet} /> },
              {
                title: texts.height,
                isNumber: true,
                show: ({ height, persistedHeight }) => (
                  <>
                    {height === null ? '—' : number(height)}
                    {persistedHeight !== null && (
                      <small className={classes.small}>
                        {texts.persisted} {number(persistedHeight)}
                      </small>
                    )}
                  </>
                ),
              },
              { title: texts.viewChanges, isNumber: true, show: ({ viewChanges }) => number(viewChanges) },
              { title: texts.proposed, isNumber: true, show: ({ proposed }) => number(proposed) },
              { title: texts.peers, isNumber: true, show: ({ peers }) => peers ?? '—' },
              {
                title: texts.disk,
                isNumber: true,
                show: ({ diskFreeBytes, diskFullInMs }) => (
                  <>
                    {diskFreeBytes === null ? '—' : size(diskFreeBytes, language)}
                    {diskFullInMs !== null && (
                      <small className={classes.small}>
                        {texts.diskFull} {duration(diskFullInMs, language)}
                      </small>
                    )}
                  </>
                ),
              },
              {
                title: texts.memory,
                isNumber: true,
                show: ({ memoryBytes }) =>
                  memoryBytes === null ? '—' : <span className={classes.name}>{size(memoryBytes, language)}</span>,
              },
              { title: texts.version, show: ({ version }) => (version === null ? '—' : <code>{version.replaceAll('/', '')}</code>) },
            ]}
          />
          {fleet.alarms.length > 0 && (
            <Section title={texts.alarms}>
              {fleet.alarms.map(alarm => (
                <AlarmCard key={alarm.id} alarm={alarm} />
              ))}
            </Section>
          )}
          <SegmentedControl
            mt="lg"
            aria-label={texts.range}
            value={range}
            onChange={value => setRange(value as Range)}
            data={Object.keys(ranges).map(value => ({ value, label: texts.ranges[value as Range] }))}
          />
          <FleetCharts points={points} isFull />
          {me?.roles.includes('operator') === true && <OperatorDetails />}
        </>
      )}
    </Page>
  )
}

/** Where the validators are: for those who run them. */
function OperatorDetails() {
  const texts = useTexts(fleetTexts)
  const { data, error, reload } = useLoaded('operations', client => client.get<FleetDetails>('/v1/operations/fleet'))
  return (
    <Section title={texts.operator}>
      <DataTable
        caption={texts.operator}
        rows={data?.nodes}
        keyOf={({ name }) => name}
        error={error}
        onRetry={reload}
        empty="—"
        columns={[
          { title: texts.nodes, show: ({ name }) => name },
          { title: 'RPC', show: ({ rpcUrl }) => <code>{rpcUrl}</code> },
          { title: 'P-256', show: ({ publicKey }) => <Hash value={publicKey} /> },
        ]}
      />
    </Section>
  )
}
