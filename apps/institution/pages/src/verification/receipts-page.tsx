import { DataTable, Page, useLoaded, useSpeech, useTexts } from '@hufu/look'
import { Button, NativeSelect } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import type { ReceiptSummary } from '../api/staff-answers.ts'
import { VerdictMark } from './verdict-mark.tsx'
import { verificationTexts } from './verification-texts.ts'

const verdicts: readonly ReceiptSummary['verdict'][] = ['accepted', 'refused', 'declined']
const pageLength = 50

/** Receipts of everything that was verified. */
export function ReceiptsPage() {
  const texts = useTexts(verificationTexts)
  const { exactTime } = useSpeech()
  const [verdict, setVerdict] = useState('')
  const [limit, setLimit] = useState(pageLength)
  const { data, error, reload } = useLoaded(`receipts ${verdict} ${limit}`, client =>
    client.get<{ receipts: readonly ReceiptSummary[] }>(`/verifier/receipts?limit=${limit}${verdict === '' ? '' : `&verdict=${verdict}`}`),
  )
  return (
    <Page title={texts.receipts} explain={texts.receiptsExplain}>
      <NativeSelect
        label={texts.verdict}
        value={verdict}
        maw="14rem"
        mb="md"
        data={[{ value: '', label: texts.all }, ...verdicts.map(value => ({ value, label: texts.verdicts[value] }))]}
        onChange={event => setVerdict(event.currentTarget.value)}
      />
      <DataTable
        caption={texts.receipts}
        rows={data?.receipts}
        keyOf={({ id }) => id}
        error={error}
        onRetry={reload}
        empty={texts.empty}
        onMore={data?.receipts.length === limit && limit < 200 ? () => setLimit(before => before + pageLength) : undefined}
        columns={[
          { title: texts.at, show: ({ atMs }) => exactTime(atMs) },
          { title: texts.query, show: ({ queryId, queryVersion }) => texts.version(queryId, queryVersion) },
          { title: texts.kind, show: ({ purpose }) => texts.kinds[purpose] ?? purpose },
          { title: texts.verdict, show: row => <VerdictMark verdict={row.verdict} /> },
          { title: texts.failedRule, show: ({ failedRule }) => (failedRule === undefined ? '—' : <code>{failedRule}</code>) },
          {
            title: '',
            show: ({ id, atMs }) => (
              <Button component={Link} href={`/receipts/${id}`} variant="default" aria-label={texts.openOf(exactTime(atMs))}>
                {texts.open}
              </Button>
            ),
          },
        ]}
      />
    </Page>
  )
}
