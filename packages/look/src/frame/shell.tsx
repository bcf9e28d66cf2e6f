import { ActionIcon, Drawer } from '@mantine/core'
import { IconMenu2, type TablerIcon } from '@tabler/icons-react'
import { Fragment, type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useSpeech, useTexts } from '../language/language.tsx'
import { TallyLogo } from '../tally-logo.tsx'
import { ColourSwitch } from './colour-switch.tsx'
import { frameTexts } from './frame-texts.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { usePagesSettings } from './pages.tsx'
import classes from './shell.module.css'

/** Places that belong together. */
export interface ShellGroup {
  readonly name: string
  readonly places: readonly {
    readonly path: string
    readonly name: string
    readonly icon: TablerIcon
  }[]
}

interface ShellProps {
  /** Below the pages' name: whose they are. */
  readonly subtitle: string
  /** Where one may go. */
  readonly groups: readonly ShellGroup[]
  /** At the end of the navigation: who is signed in. */
  readonly lower: ReactNode
  /** In the bar, before the switches. */
  readonly status?: ReactNode
  readonly children: ReactNode
}

/** What stands around every page: whose server it is, and where one may go. */
export function Shell({ subtitle, groups, lower, status, children }: ShellProps) {
  const texts = useTexts(frameTexts)
  const { say } = useSpeech()
  const { name } = usePagesSettings()
  const [isMenuOpen, setIsMenuOpen] = useState(false)
  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={skipToMain}>
        {texts.skip}
      </button>
      <header className={classes.bar}>
        <Link href="/" className={classes.brand!}>
          <TallyLogo size={32} />
          <span className={classes.names}>
            <span className={classes.app}>{say(name)}</span>
            <span className={classes.subtitle}>{subtitle}</span>
          </span>
        </Link>
        <div className={classes.tools}>
          {status}
          <ColourSwitch />
          <LanguageSwitch />
          <ActionIcon
            className={classes.menu!}
            variant="subtle"
            color="gray"
            size={44}
            aria-label={texts.menu}
            aria-expanded={isMenuOpen}
            onClick={() => setIsMenuOpen(true)}
          >
            <IconMenu2 size={24} aria-hidden />
          </ActionIcon>
        </div>
      </header>
      <nav className={classes.navigation} aria-label={texts.navigation}>
        <Places groups={groups} lower={lower} />
      </nav>
      <Drawer.Root opened={isMenuOpen} onClose={() => setIsMenuOpen(false)} position="right" size="18rem">
        <Drawer.Overlay />
        <Drawer.Content aria-label={texts.menu}>
          <Drawer.Body>
            <Drawer.CloseButton aria-label={texts.close} size={44} className={classes.close!} />
            <nav aria-label={texts.navigation}>
              <Places groups={groups} lower={lower} onGo={() => setIsMenuOpen(false)} />
            </nav>
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <main id="main" tabIndex={-1} className={classes.main}>
        {children}
      </main>
    </div>
  )
}

interface PlacesProps extends Pick<ShellProps, 'groups' | 'lower'> {
  readonly onGo?: () => void
}

function Places({ groups, lower, onGo }: PlacesProps) {
  const [location] = useLocation()
  return (
    <div className={classes.places}>
      {groups.map(group => (
        <Fragment key={group.name}>
          <p className={classes.group}>{group.name}</p>
          {group.places.map(({ name, path, icon: Icon }) => {
            const isHere = location === path || (path !== '/' && location.startsWith(`${path}/`))
            return (
              <Link key={path} href={path} className={classes.place!} aria-current={isHere ? 'page' : undefined} onClick={onGo}>
                <Icon size={21} stroke={1.7} aria-hidden />
                <span>{name}</span>
              </Link>
            )
          })}
        </Fragment>
      ))}
      <div className={classes.lower}>{lower}</div>
    </div>
  )
}

/** No link, for the fragment of the address is the place. */
function skipToMain(): void {
  document.getElementById('main')?.focus()
}
