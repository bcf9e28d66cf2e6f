import { Loading, Page, Section, useNowMs, useSpeech, useTexts } from '@hufu/look'
import { IconShieldCheck } from '@tabler/icons-react'
import type { Fleet } from '../../../src/api-types.ts'
import { duration } from '../frame/durations.ts'
import { AlarmCard } from './alarm-card.tsx'
import { FleetCharts } from './fleet-charts.tsx'
import { fleetTexts } from './fleet-texts.ts'
import { useLiveFleet } from './live-fleet.tsx'
import { NodeTile } from './node-tile.tsx'
import classes from './overview-page.module.css'
import { QuorumRing } from './quorum-ring.tsx'
import { stateOfFleet } from './state-of-fleet.ts'
import { useFleetPoints } from './use-fleet-points.ts'
import { WhatHappened } from './what-happened.tsx'

const shownMs = 600_000

/** What an operator wants to know first: does it run, how much more may fail, and what to do now. */
export function OverviewPage() {
  const texts = useTexts(fleetTexts)
  const { fleet, isConnected } = useLiveFleet()
  const points = useFleetPoints(shownMs)
  return (
    <Page title={texts.overview}>
      {!isConnected && fleet !== undefined && <p className={classes.lost}>{texts.notConnected}</p>}
      {fleet === undefined ? (
        <Loading lines={5} />
      ) : (
        <>
          <Hero fleet={fleet} />
          <Alarms fleet={fleet} />
          <h2 className={classes.heading}>{texts.nodes}</h2>
          <ul className={classes.tiles}>
            {fleet.nodes.map(node => (
              <NodeTile key={node.name} node={node} fleet={fleet} />
            ))}
          </ul>
          <FleetCharts points={points} />
          <WhatHappened />
        </>
      )}
    </Page>
  )
}

function Hero({ fleet }: { readonly fleet: Fleet }) {
  const texts = useTexts(fleetTexts)
  const { say, number, language } = useSpeech()
  const { headline, tone, up, down } = stateOfFleet(fleet)
  const said = texts.headline[headline]
  return (
    <section className={classes.hero} data-tone={tone} data-alarms={fleet.alarms.length > 0} aria-label={texts.margin}>
      <div className={classes.ring}>
        <QuorumRing fleet={fleet} />
      </div>
      <div className={classes.words}>
        <p className={classes.headline}>{typeof said === 'function' ? said(down) : said}</p>
        <p className={classes.forecast}>
          <strong>{texts.forecastLevels[fleet.forecast.level]}</strong>
          {fleet.forecast.inMs !== null && ` (${duration(fleet.forecast.inMs, language)})`}
          {fleet.forecast.level !== 'none' && `: ${say(fleet.forecast.why)}`}
        </p>
        <dl className={classes.figures}>
          <Figure name={texts.height} value={fleet.height === null ? '—' : number(fleet.height)} />
          <Figure name={texts.sinceBlock} value={<SinceBlock fleet={fleet} />} />
          <Figure name={texts.blockTime} value={fleet.blockTimeMs === null ? '—' : duration(fleet.blockTimeMs, language)} />
          <Figure name={texts.online} value={`${up} / ${fleet.nodes.length}`} />
          <Figure
            name={`${texts.viewChanges}, ${texts.viewChangesIn(Math.round(fleet.windowMs / 60_000))}`}
            value={number(fleet.viewChanges)}
          />
        </dl>
      </div>
    </section>
  )
}

function Figure({ name, value }: { readonly name: string; readonly value: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

/** Goes on counting between two messages of the server. */
function SinceBlock({ fleet }: { readonly fleet: Fleet }) {
  const { language } = useSpeech()
  const nowMs = useNowMs()
  if (fleet.sinceBlockMs === null) return '—'
  return duration(fleet.sinceBlockMs + Math.max(0, Math.min(10_000, nowMs - fleet.atMs)), language)
}

function Alarms({ fleet }: { readonly fleet: Fleet }) {
  const texts = useTexts(fleetTexts)
  const { say, exactTime } = useSpeech()
  if (fleet.alarms.length === 0 && fleet.liars.length === 0)
    return (
      <p className={classes.calm}>
        <IconShieldCheck size={24} aria-hidden />
        <span>
          <strong>{texts.noAlarms}</strong> {texts.noAlarmsExplain}
        </span>
      </p>
    )
  return (
    <>
      {fleet.alarms.length > 0 && (
        <Section title={texts.alarms}>
          {fleet.alarms.map(alarm => (
            <AlarmCard key={alarm.id} alarm={alarm} />
          ))}
        </Section>
      )}
      {fleet.liars.length > 0 && (
        <Section title={texts.liars} tone="warning">
          <ul className={classes.liars}>
            {fleet.liars.map(({ node, sinceMs, what }) => (
              <li key={node}>
                <strong>{node}</strong> {say(what)} ({exactTime(sinceMs)})
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}
