import { ActionIcon, Title } from '@mantine/core'
import { IconArrowLeft } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { useSpeech } from '../texts/language.tsx'
import classes from './page.module.css'

interface PageProps {
  readonly title: string
  /** Below the title. */
  readonly explain?: ReactNode
  /** Place of the page above this one. */
  readonly back?: string
  /** Beside the title. */
  readonly aside?: ReactNode
  /** How broad it may get: text and forms, or cards. */
  readonly width?: 'narrow' | 'wide'
  readonly children: ReactNode
}

/** A page inside the wallet: a heading, which is where a screen reader goes on after the page has changed, and what is below it. */
export function Page({ title, explain, back, aside, width = 'narrow', children }: PageProps) {
  const { texts } = useSpeech()
  return (
    <div className={classes.page} data-width={width}>
      <header className={classes.header}>
        {back !== undefined && (
          <ActionIcon
            component={Link}
            href={back}
            variant="subtle"
            color="gray"
            size={44}
            aria-label={texts.app.back}
            className={classes.back}
          >
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
  const { texts } = useSpeech()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${children} · ${texts.app.name}`
  }, [children, texts])
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  return (
    <Title order={1} ref={heading} tabIndex={-1} className={classes.heading}>
      {children}
    </Title>
  )
}
