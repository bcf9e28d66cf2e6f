import { ActionIcon, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { useSpeech, useTexts } from '../language/language.tsx'
import { frameTexts } from './frame-texts.ts'
import classes from './page.module.css'
import { usePagesSettings } from './pages.tsx'

interface PageProps {
  readonly title: string
  /** Below the title. */
  readonly explain?: ReactNode
  /** Place of the page above this one. */
  readonly back?: string
  /** Beside the title: buttons. */
  readonly aside?: ReactNode
  /** How broad it may get: forms, or tables. */
  readonly width?: 'narrow' | 'wide'
  readonly children: ReactNode
}

/** A page: a heading, which is where a screen reader goes on after the page has changed, and what is below it. */
export function Page({ title, explain, back, aside, width = 'wide', children }: PageProps) {
  const texts = useTexts(frameTexts)
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.header}>
        {back !== undefined && (
          <ActionIcon component={Link} href={back} variant="subtle" color="gray" size={44} aria-label={texts.back} className={classes.back}>
            <IconArrowLeft size={22} aria-hidden />
          </ActionIcon>
        )}
        <PageHeading>{title}</PageHeading>
        {aside !== undefined && <div className={classes.aside}>{aside}</div>}
      </header>
      {explain !== undefined && <p className={classes.explain}>{explain}</p>}
      {children}
    </div>
  )
}

/** The heading of a page. It names the window too, and takes the focus when the page appears. */
export function PageHeading({ children }: { readonly children: string }) {
  const { say } = useSpeech()
  const { name } = usePagesSettings()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${children} · ${say(name)}`
  }, [children, say, name])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <Title order={1} ref={heading} tabIndex={-1} className={classes.heading!}>
      {children}
    </Title>
  )
}
