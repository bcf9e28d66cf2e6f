import { Mark, useTexts } from '@hufu/look'
import type { ApplicationState, Status } from '../api/staff-answers.ts'
import { applicationTones, stateTexts, statusTones } from './state-texts.ts'

/** How an application stands; once something was issued, how that stands where it is not valid. */
export function ApplicationMark({ state, status }: { readonly state: ApplicationState; readonly status: Status }) {
  const texts = useTexts(stateTexts)
  if (status !== 'valid') return <StatusMark status={status} />
  return <Mark tone={applicationTones[state]}>{texts.applications[state]}</Mark>
}

export function StatusMark({ status }: { readonly status: Status }) {
  const texts = useTexts(stateTexts)
  return <Mark tone={statusTones[status]}>{texts.statuses[status]}</Mark>
}
