import { Shell, useMe, useSpeech, useTexts, WhoIsIn } from '@hufu/look'
import type { ReactNode } from 'react'
import { useInstitution } from '../session/use-institution.ts'
import { frameTexts } from './frame-texts.ts'
import { placeIcons } from './place-icons.ts'
import { placesFor } from './places.ts'

/** What stands around every page of somebody who is signed in: whose server it is, who they are, and where they may go. */
export function StaffShell({ children }: { readonly children: ReactNode }) {
  const texts = useTexts(frameTexts)
  const { say } = useSpeech()
  const institution = useInstitution()
  const me = useMe()
  const groups = placesFor(me.roles, institution.roles).map(({ name, places }) => ({
    name: texts.groups[name],
    places: places.map(place => ({ path: place.path, name: texts.places[place.name].name, icon: placeIcons[place.name] })),
  }))
  return (
    <Shell subtitle={say(institution.name)} groups={groups} lower={<WhoIsIn />}>
      {children}
    </Shell>
  )
}
