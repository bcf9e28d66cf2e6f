import { Page, useTexts } from '@hufu/look'
import { SegmentedControl } from '@mantine/core'
import { useState } from 'react'
import { ApplicationTable } from '../counter/application-table.tsx'
import { reviewTexts } from './review-texts.ts'

/** What waits for an officer. */
export function ReviewPage() {
  const texts = useTexts(reviewTexts)
  const [shown, setShown] = useState('submitted')
  return (
    <Page title={texts.title}>
      <SegmentedControl
        aria-label={texts.tab}
        mb="md"
        value={shown}
        onChange={setShown}
        data={[
          { value: 'submitted', label: texts.waiting },
          { value: '', label: texts.all },
        ]}
      />
      <ApplicationTable
        caption={texts.title}
        state={shown}
        showsClerk
        pathOf={id => `/review/${id}`}
        empty={shown === '' ? texts.emptyAll : texts.empty}
      />
    </Page>
  )
}
