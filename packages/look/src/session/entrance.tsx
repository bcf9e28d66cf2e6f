import type { ReactNode } from 'react'
import { ColourSwitch } from '../frame/colour-switch.tsx'
import { LanguageSwitch } from '../frame/language-switch.tsx'
import { useSpeech, useTexts } from '../language/language.tsx'
import { TallyLogo } from '../tally-logo.tsx'
import { TigerStripes } from '../tiger-stripes.tsx'
import classes from './entrance.module.css'
import { useSession } from './session-context.tsx'
import { sessionTexts } from './session-texts.ts'

/** Around the pages for those who are not signed in: whose pages these are, and the way in. */
export function Entrance({ children }: { readonly children: ReactNode }) {
  const { say } = useSpeech()
  const texts = useTexts(sessionTexts)
  const { host } = useSession()
  return (
    <div className={classes.entrance}>
      <header className={classes.side}>
        <TigerStripes className={classes.stripes!} />
        <TallyLogo size={64} meeting />
        <p className={classes.name}>{say(host.name)}</p>
        <p className={classes.network}>
          {texts.network} {host.network}
        </p>
      </header>
      <main className={classes.main}>
        <div className={classes.tools}>
          <ColourSwitch />
          <LanguageSwitch />
        </div>
        <div className={classes.content}>{children}</div>
      </main>
    </div>
  )
}
