import { TallyLogo, TigerStripes } from '@hufu/look'
import type { ReactNode } from 'react'
import { useSpeech } from '../texts/language.tsx'
import classes from './entrance.module.css'
import { LanguageSwitch } from './language-switch.tsx'
import { PageHeading } from './page.tsx'

interface EntranceProps {
  readonly title: string
  readonly children: ReactNode
}

/** The frame of what stands before an open wallet: the tally, large, and the way in. */
export function Entrance({ title, children }: EntranceProps) {
  const { texts } = useSpeech()
  return (
    <div className={classes.entrance}>
      <header className={classes.hall}>
        <TigerStripes className={classes.stripes!} />
        <div className={classes.seal}>
          <TallyLogo size={104} meeting />
        </div>
        <p className={classes.name}>{texts.app.name}</p>
      </header>
      <main className={classes.main}>
        <div className={classes.tools}>
          <LanguageSwitch />
        </div>
        <div className={classes.body}>
          <PageHeading>{title}</PageHeading>
          {children}
        </div>
      </main>
    </div>
  )
}
