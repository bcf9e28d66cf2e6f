import { CopyButton, Countdown, ErrorNotice, Page, TallyLogo, useAnnounce, useClient, useLoaded, useTask, useTexts } from '@hufu/look'
import { Alert, Button, Group } from '@mantine/core'
import { IconCircleCheck, IconPrinter, IconWallet } from '@tabler/icons-react'
import { useEffect } from 'react'
import type { Offer, OfferStatus } from '../api/staff-answers.ts'
import { frameTexts } from '../frame/frame-texts.ts'
import { QrCode } from '../frame/qr-code.tsx'
import { counterTexts } from './counter-texts.ts'
import classes from './offer-view.module.css'
import { stateTexts } from './state-texts.ts'

interface OfferViewProps {
  readonly offer: Offer
  readonly name: string
  readonly applicationId: string
  readonly onNew: (offer: Offer) => void
  readonly onBack: () => void
}

const followEveryMs = 2_000

/** An offer as the counter shows it: QR code, collection code, how long, and whether it was collected. The code is shown once. */
export function OfferView({ offer, name, applicationId, onNew, onBack }: OfferViewProps) {
  const texts = useTexts(counterTexts)
  const frame = useTexts(frameTexts)
  const words = useTexts(stateTexts)
  const client = useClient()
  const announce = useAnnounce()
  const task = useTask()
  const { data } = useLoaded(`offer ${offer.id}`, each => each.get<OfferStatus>(`/issuer/offers/${offer.id}/status`), {
    everyMs: followEveryMs,
  })
  const state = data?.state ?? 'open'
  const isWaiting = state === 'open' || state === 'redeemed'
  useEffect(() => {
    if (state !== 'open') announce(words.offers[state])
  }, [state, announce, words])
  const renew = (): void => task.run(async () => onNew(await client.send<Offer>('POST', `/issuer/applications/${applicationId}/offer`)))

  if (state === 'collected')
    return (
      <Page title={texts.offerTitle} width="narrow">
        <div className={classes.done}>
          <TallyLogo size={88} meeting />
          <h2>
            <IconCircleCheck size={26} aria-hidden /> {texts.done}
          </h2>
          <p>{texts.doneExplain}</p>
          <Button onClick={onBack}>{texts.toApplication}</Button>
        </div>
      </Page>
    )
  return (
    <Page
      title={texts.offerTitle}
      explain={<span className={classes.printed}>{texts.printFor(name)}</span>}
      aside={
        <>
          <Button variant="default" leftSection={<IconPrinter size={20} aria-hidden />} disabled={!isWaiting} onClick={() => print()}>
            {frame.print}
          </Button>
          <Button variant="default" onClick={onBack}>
            {texts.toApplication}
          </Button>
        </>
      }
    >
      <ErrorNotice error={task.error} />
      {isWaiting ? (
        <div className={classes.offer}>
          <div className={classes.scan}>
            <p>{texts.scan}</p>
            <QrCode text={offer.offerUri} label={texts.qrLabel} />
            <Group className={classes.links!} gap="xs">
              {offer.walletUrl !== undefined && (
                <Button
                  component="a"
                  href={offer.walletUrl}
                  target="_blank"
                  rel="noopener"
                  variant="default"
                  leftSection={<IconWallet size={20} aria-hidden />}
                >
                  {texts.thisDevice}
                </Button>
              )}
              <CopyButton text={offer.offerUri} label={texts.copyLink} />
            </Group>
          </div>
          <div className={classes.side}>
            <p>{texts.code}</p>
            <p className={classes.code}>
              <span className="unseen">{[...offer.txCode].join(' ')}</span>
              <span aria-hidden>
                {offer.txCode.slice(0, 3)}
                <i />
                {offer.txCode.slice(3)}
              </span>
            </p>
            <p>{texts.codeHint}</p>
            <dl className={classes.facts}>
              <div>
                <dt>{texts.expiresIn}</dt>
                <dd className={classes.time}>
                  <Countdown untilMs={offer.expiresAtMs} />
                </dd>
              </div>
              <div>
                <dt>{texts.state}</dt>
                <dd>
                  {words.offers[state]}
                  {data !== undefined && data.attemptsLeft < 5 && ` · ${texts.attempts(data.attemptsLeft)}`}
                </dd>
              </div>
            </dl>
          </div>
        </div>
      ) : (
        <Alert role="status" color="bronze" variant="light" title={words.offers[state]}>
          <p>{texts.offerGone}</p>
          <Button loading={task.isRunning} onClick={renew}>
            {texts.newOffer}
          </Button>
        </Alert>
      )}
    </Page>
  )
}
