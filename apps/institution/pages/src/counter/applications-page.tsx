import { Page, useTexts } from '@hufu/look'
import { Button, NativeSelect } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { Link } from 'wouter'
import type { ApplicationState } from '../api/staff-answers.ts'
import { ApplicationTable } from './application-table.tsx'
import { counterTexts } from './counter-texts.ts'
import { stateTexts } from './state-texts.ts'

const states: readonly ApplicationState[] = ['draft', 'submitted', 'returned', 'approved', 'offered', 'collected']

/** A clerk's own applications. */
export function ApplicationsPage() {
  const texts = useTexts(counterTexts)
  const words = useTexts(stateTexts)
  const [state, setState] = useState('')
  return (
    <Page
      title={texts.title}
      aside={
        <Button component={Link} href="/applications/new" leftSection={<IconPlus size={20} aria-hidden />}>
          {texts.create}
        </Button>
      }
    >
      <NativeSelect
        label={texts.filter}
        value={state}
        maw="14rem"
        mb="md"
        data={[{ value: '', label: texts.all }, ...states.map(value => ({ value, label: words.applications[value] }))]}
        onChange={event => setState(event.currentTarget.value)}
      />
      <ApplicationTable caption={texts.mine} state={state} pathOf={id => `/applications/${id}`} empty={texts.empty} />
    </Page>
  )
}
