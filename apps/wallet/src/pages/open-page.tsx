import { Loader } from '@mantine/core'
import { useEffect, useState } from 'react'
import { Redirect, useLocation } from 'wouter'
import type { Offer, PresentationRequest, Refusal } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { setLink, useLink, type WaitingLink } from './link-waiting.ts'
import { OfferView } from './offer-view.tsx'
import classes from './open-page.module.css'
import { Page } from './page.tsx'
import { RefusalView } from './refusal-view.tsx'
import { RequestView } from './request-view.tsx'
import { useWallet } from './wallet-context.tsx'

type Opened = Offer | PresentationRequest | Refusal

/** Reads the link that waits, and shows what came of it: an offer, a request, or why the wallet refused. */
export function OpenPage() {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const link = useLink()
  const [, navigate] = useLocation()
  const [attempt, setAttempt] = useState(0)
  const [opened, setOpened] = useState<{
    readonly link: WaitingLink
    readonly attempt: number
    readonly what?: Opened
    readonly error?: unknown
  }>()
  useEffect(() => {
    if (link === undefined) return
    let current = true
    wallet.open(link.text, { from: link.from }).then(
      what => current && setOpened({ link, attempt, what }),
      error => current && setOpened({ link, attempt, error }),
    )
    return () => {
      current = false
    }
  }, [wallet, link, attempt])
  const leave = (place = '/'): void => {
    navigate(place, { replace: true })
    setLink(undefined)
  }
  if (link === undefined) return <Redirect to="/scan" replace />
  // Another link came, or the same once more: what was read before does not count.
  const current = opened?.link === link && opened.attempt === attempt ? opened : undefined
  if (current?.what === undefined) {
    return (
      <Page title={texts.app.loading} back="/scan">
        <ErrorNotice error={current?.error} />
        {current === undefined && (
          <div className={classes.reading} role="status">
            <Loader color="bronze" aria-hidden />
            <span>{texts.request.reading}</span>
          </div>
        )}
      </Page>
    )
  }
  const { what } = current
  switch (what.kind) {
    case 'offer':
      return <OfferView key={what.id} offer={what} onLeave={leave} />
    case 'request':
      return <RequestView key={what.id} request={what} onLeave={leave} />
    case 'refused':
      return <RefusalView refusal={what} onRetry={() => setAttempt(attempt + 1)} onLeave={leave} />
  }
}
