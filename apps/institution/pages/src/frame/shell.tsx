import { TallyLogo } from '@hufu/look'
import { ActionIcon, Button, Drawer } from '@mantine/core'
import { IconLogout, IconMenu2 } from '@tabler/icons-react'
import { Fragment, type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useTask } from '../api/use-task.ts'
import { useSpeech, useTexts } from '../language/language.tsx'
import { useMe, useSession } from '../session/session-context.tsx'
import { ColourSwitch } from './colour-switch.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { frameTexts } from './frame-texts.ts'
import { LanguageSwitch } from './language-switch.tsx'
import { placeIcons } from './place-icons.ts'
import { placesFor } from './places.ts'
import classes from './shell.module.css'

/** What stands around every page of somebody who is signed in: whose server it is, who they are, and where they may go. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const texts = useTexts(frameTexts)
  const { say } = useSpeech()
  const { institution } = useSession()
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
            <span className={classes.app}>{texts.app}</span>
            <span className={classes.institution}>{say(institution.name)}</span>
          </span>
        </Link>
        <div className={classes.tools}>
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
        <Places />
      </nav>
      <Drawer.Root opened={isMenuOpen} onClose={() => setIsMenuOpen(false)} position="right" size="18rem">
        <Drawer.Overlay />
        <Drawer.Content aria-label={texts.menu}>
          <Drawer.Body>
            <Drawer.CloseButton aria-label={texts.close} size={44} className={classes.close!} />
            <nav aria-label={texts.navigation}>
              <Places onGo={() => setIsMenuOpen(false)} />
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

function Places({ onGo }: { readonly onGo?: () => void }) {
  const texts = useTexts(frameTexts)
  const me = useMe()
  const { institution, signOut } = useSession()
  const [location] = useLocation()
  const task = useTask()
  return (
    <div className={classes.places}>
      {placesFor(me.roles, institution.roles).map(group => (
        <Fragment key={group.name}>
          <p className={classes.group}>{texts.groups[group.name]}</p>
          {group.places.map(({ name, path }) => {
            const Icon = placeIcons[name]
            const isHere = location === path || location.startsWith(`${path}/`)
            return (
              <Link key={name} href={path} className={classes.place!} aria-current={isHere ? 'page' : undefined} onClick={onGo}>
                <Icon size={21} stroke={1.7} aria-hidden />
                <span>{texts.places[name].name}</span>
              </Link>
            )
          })}
        </Fragment>
      ))}
      <div className={classes.lower}>
        <p className={classes.me}>
          {me.name}
          <span>{me.roles.map(role => texts.roles[role]).join(' · ')}</span>
        </p>
        <ErrorNotice error={task.error} />
        <Button
          variant="subtle"
          color="gray"
          h={44}
          px="sm"
          loading={task.isRunning}
          leftSection={<IconLogout size={20} aria-hidden />}
          onClick={() => task.run(signOut)}
        >
          {texts.signOut}
        </Button>
      </div>
    </div>
  )
}

/** No link, for the fragment of the address is the place. */
function skipToMain(): void {
  document.getElementById('main')?.focus()
}
