import { DataTable, Section, useLoaded, useSpeech, useTexts } from '@hufu/look'
import { Button, SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Grant, TrustRegistry } from '../../../src/api-types.ts'
import { DidName } from '../frame/did-name.tsx'
import { MomentInput } from './moment-input.tsx'
import classes from './registry.module.css'
import { StandingMark } from './standing-mark.tsx'
import { trustTexts } from './trust-texts.ts'

const kinds = ['authority', 'institution', 'issue', 'ask'] as const
/** As the ledger writes "without end". */
const endOfTimeMs = 8_640_000_000_000_000

/** Every grant, as it stands now or stood at a moment. */
export function Registry() {
  const texts = useTexts(trustTexts)
  const { dateTime, number } = useSpeech()
  const [kind, setKind] = useState<string>('all')
  const [timeMs, setTimeMs] = useState<number>()
  const path = `/v1/trust/registry${timeMs === undefined ? '' : `?time=${timeMs}`}`
  const { data, error, reload } = useLoaded(path, client => client.get<TrustRegistry>(path))
  return (
    <Section title={texts.registry}>
      <div className={classes.filters}>
        <SegmentedControl
          aria-label={texts.kind}
          value={kind}
          onChange={setKind}
          data={[{ value: 'all', label: texts.all }, ...kinds.map(value => ({ value, label: texts.kinds[value] }))]}
        />
        <div className={classes.moment}>
          <MomentInput label={texts.registryAt} timeMs={timeMs ?? data?.atMs ?? Date.now()} onChange={setTimeMs} />
          <Button variant="default" disabled={timeMs === undefined} onClick={() => setTimeMs(undefined)}>
            {texts.now}
          </Button>
        </div>
      </div>
      <DataTable
        caption={texts.registry}
        rows={data?.grants.filter(grant => kind === 'all' || grant.kind === kind)}
        keyOf={grant => `${grant.kind} ${grant.did} ${grant.name}`}
        error={error}
        onRetry={reload}
        empty={texts.none}
        columns={[
          { title: texts.kind, show: grant => <Link href={placeOfGrant(grant, timeMs)}>{texts.kinds[grant.kind]}</Link> },
          { title: texts.who, show: ({ did }) => <DidName did={did} /> },
          { title: texts.what, show: ({ name, entry }) => <code>{name === '' ? entry?.label : name}</code> },
          { title: texts.state, show: ({ standing }) => <StandingMark standing={standing} /> },
          { title: texts.from, show: ({ entry }) => (entry === null ? '—' : dateTime(entry.validFromMs)) },
          {
            title: texts.untilTitle,
            show: ({ entry }) => (entry === null ? '—' : entry.validUntilMs >= endOfTimeMs ? texts.endless : dateTime(entry.validUntilMs)),
          },
        ]}
      />
      {data !== undefined && <p className={classes.note}>{texts.indexed(number(data.indexedThrough))}</p>}
    </Section>
  )
}

function placeOfGrant({ kind, did, name }: Pick<Grant, 'kind' | 'did' | 'name'>, timeMs: number | undefined): string {
  const at = timeMs === undefined ? '' : `/at/${timeMs}`
  return kind === 'issue' || kind === 'ask' ? `/explorer/rights/${kind}/${did}/${name}${at}` : `/explorer/grants/${kind}/${did}${at}`
}
