import { DataTable, useLoaded, useSpeech, useTexts } from '@hufu/look'
import { Button, Group } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { TrustHistory } from '../../../src/api-types.ts'
import { DidName } from '../frame/did-name.tsx'
import { StandingMark, useReason } from './standing-mark.tsx'
import { trustTexts } from './trust-texts.ts'

const pageLength = 20

/** Changes of grants, the newest first. @param did - of one identifier alone */
export function GrantChanges({ did }: { readonly did?: string }) {
  const texts = useTexts(trustTexts)
  const { exactTime, number } = useSpeech()
  const reason = useReason()
  const [before, setBefore] = useState<string>()
  const path = `/v1/trust/history?limit=${pageLength}${did === undefined ? '' : `&did=${did}`}${before === undefined ? '' : `&before=${before}`}`
  const { data, error, reload } = useLoaded(path, client => client.get<TrustHistory>(path))
  return (
    <>
      <DataTable
        caption={texts.history}
        rows={data?.changes}
        keyOf={({ kind, did: subject, name, entry }) => `${kind} ${subject} ${name} ${entry.sequence}`}
        error={error}
        onRetry={reload}
        empty={texts.none}
        columns={[
          { title: texts.time, show: ({ entry }) => exactTime(entry.timeMs) },
          { title: texts.kind, show: ({ kind }) => texts.kinds[kind] },
          { title: texts.who, show: change => <DidName did={change.did} /> },
          { title: texts.what, show: ({ name, entry }) => <code>{name === '' ? entry.label : name}</code> },
          {
            title: texts.change,
            show: ({ entry }) => (
              <>
                <StandingMark standing={entry.status} /> {entry.reason > 0 && reason(entry.reason)}
              </>
            ),
          },
          {
            title: texts.block,
            isNumber: true,
            show: ({ entry }) => <Link href={`/explorer/blocks/${entry.blockIndex}`}>{number(entry.blockIndex)}</Link>,
          },
        ]}
      />
      {(before !== undefined || data?.next != null) && (
        <Group mt="sm" gap="xs">
          <Button variant="default" disabled={before === undefined} onClick={() => setBefore(undefined)}>
            {texts.newest}
          </Button>
          <Button variant="default" disabled={data?.next == null} onClick={() => setBefore(data?.next ?? undefined)}>
            {texts.older}
          </Button>
        </Group>
      )}
    </>
  )
}
