import { TallyLogo } from '@hufu/look'
import { ActionIcon, Button } from '@mantine/core'
import { IconCards, IconHistory, IconLock, IconScan, IconSettings, type TablerIcon } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { Link, useLocation } from 'wouter'
import { useSpeech } from '../texts/language.tsx'
import type { PageTexts } from '../texts/zh-cn.ts'
import { Banners } from './banners.tsx'
import { LanguageSwitch } from './language-switch.tsx'
import classes from './shell.module.css'
import { useWallet } from './wallet-context.tsx'

const places: readonly { readonly place: string; readonly name: keyof PageTexts['navigation']; readonly Icon: TablerIcon }[] = [
  { place: '/', name: 'home', Icon: IconCards },
  { place: '/scan', name: 'scan', Icon: IconScan },
  { place: '/history', name: 'history', Icon: IconHistory },
  { place: '/settings', name: 'settings', Icon: IconSettings },
]

/** What stands around every page of an open wallet: the bar with name and lock, and the ways to the main pages (below on a phone, beside on a desktop). */
export function Shell({ children }: { readonly children: ReactNode }) {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const [location] = useLocation()
  const lock = (): void => wallet.lock()
  return (
    <div className={classes.shell} data-flow={location === '/open'}>
      <button type="button" className={classes.skip} onClick={skipToMain}>
        {texts.app.skip}
      </button>
      <header className={classes.bar}>
        <Link href="/" className={classes.brand}>
          <TallyLogo size={32} />
          <span>{texts.app.name}</span>
        </Link>
        <div className={classes.tools}>
          <LanguageSwitch />
          <ActionIcon variant="subtle" color="gray" size={44} aria-label={texts.navigation.lock} onClick={lock}>
            <IconLock size={22} aria-hidden />
          </ActionIcon>
        </div>
      </header>
      <nav className={classes.navigation} aria-label={texts.navigation.label}>
        {places.map(({ place, name, Icon }) => (
          <Link key={place} href={place} className={classes.place!} aria-current={isAt(location, place) ? 'page' : undefined}>
            <Icon size={24} stroke={1.7} aria-hidden />
            <span>{texts.navigation[name]}</span>
          </Link>
        ))}
        <div className={classes.lower}>
          <LanguageSwitch />
          <Button variant="subtle" color="gray" h={44} px="sm" leftSection={<IconLock size={20} aria-hidden />} onClick={lock}>
            {texts.navigation.lock}
          </Button>
        </div>
      </nav>
      <main id="main" tabIndex={-1} className={classes.main}>
        <Banners />
        {children}
      </main>
    </div>
  )
}

function isAt(location: string, place: string): boolean {
  if (place === '/') return location === '/' || location.startsWith('/credentials')
  return location.startsWith(place)
}

/** No link, for the fragment of the address is the place. */
function skipToMain(): void {
  document.getElementById('main')?.focus()
}
