import { Button, TextInput } from '@mantine/core'
import { IconCards, IconInfoCircle, IconKey } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { WalletError } from '../core/errors.ts'
import type { AcceptedOffer, Offer, OfferedCredential } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { ErrorNotice } from './error-notice.tsx'
import classes from './open-page.module.css'
import { Page } from './page.tsx'
import { PartyHead } from './party-head.tsx'
import { ProgressView, useSteps } from './progress-view.tsx'
import { ResultView } from './result-view.tsx'
import { Section } from './section.tsx'
import { useTask } from './use-task.ts'
import { useWallet } from './wallet-context.tsx'
import { Warnings } from './warnings.tsx'

interface OfferViewProps {
  readonly offer: Offer
  readonly onLeave: (place?: string) => void
}

/** A checked offer of credentials, its acceptance, and what came of it. */
export function OfferView({ offer, onLeave }: OfferViewProps) {
  const { texts } = useSpeech()
  const wallet = useWallet()
  const task = useTask()
  const steps = useSteps()
  const [code, setCode] = useState('')
  const [codeMissing, setCodeMissing] = useState(false)
  const [accepted, setAccepted] = useState<AcceptedOffer>()
  const codeId = useId()
  const words = texts.offer
  const accept = (): void => {
    const txCode = code.trim()
    const missing = offer.txCode !== undefined && txCode === ''
    setCodeMissing(missing)
    if (missing) {
      document.getElementById(codeId)?.focus()
      return
    }
    void task.run(async () => {
      setAccepted(await wallet.accept(offer, { ...steps.begin(), ...(offer.txCode === undefined ? {} : { txCode }) }))
    })
  }
  if (accepted !== undefined) return <Collected accepted={accepted} onLeave={onLeave} />
  if (task.busy) return <ProgressView title={words.collecting} steps={steps.steps} onCancel={steps.cancel} />
  const over = task.error instanceof WalletError && task.error.code === 'ERR_WALLET_OFFER_EXPIRED'
  return (
    <Page title={words.title}>
      <PartyHead party={offer.issuer} does={words.from} checks={offer.checks} />
      {offer.credentials.map(credential => (
        <Offered key={credential.typeId} credential={credential} />
      ))}
      <Warnings warnings={offer.warnings} />
      <form
        noValidate
        onSubmit={event => {
          event.preventDefault()
          accept()
        }}
      >
        {offer.txCode !== undefined && (
          <Section title={words.code} icon={<IconKey size={20} aria-hidden />}>
            <TextInput
              id={codeId}
              aria-label={words.code}
              description={[
                offer.txCode.description ?? words.codeHint,
                offer.txCode.length === undefined ? '' : words.codeLength(offer.txCode.length),
              ].join(' ')}
              size="lg"
              inputMode={offer.txCode.numeric ? 'numeric' : 'text'}
              autoComplete="one-time-code"
              maxLength={offer.txCode.length ?? 40}
              value={code}
              error={codeMissing && code.trim() === '' && words.codeMissing}
              onChange={event => setCode(event.currentTarget.value)}
            />
          </Section>
        )}
        <ErrorNotice error={task.error} />
        <div className={classes.actions}>
          <Button variant="default" size="lg" onClick={() => onLeave()}>
            {words.decline}
          </Button>
          <Button type="submit" size="lg" disabled={over}>
            {words.accept}
          </Button>
        </div>
      </form>
    </Page>
  )
}

function Offered({ credential }: { readonly credential: OfferedCredential }) {
  const { texts, say } = useSpeech()
  const words = texts.offer
  return (
    <Section title={say(credential.title)} icon={<IconCards size={20} aria-hidden />}>
      {credential.description !== undefined && <p className={classes.small}>{say(credential.description)}</p>}
      <p className={classes.small}>{words.fields}</p>
      <ul className={classes.chips}>
        {credential.fields.map(field => (
          <li key={field.en}>{say(field)}</li>
        ))}
      </ul>
      <p className={classes.small}>
        {[words.copies(credential.copies), ...(credential.formats.includes('hufu_zk') ? [words.zk] : [])].join(' · ')}
      </p>
      {credential.replaces && (
        <p className={classes.small}>
          <IconInfoCircle size={18} aria-hidden style={{ verticalAlign: '-0.2em' }} /> {words.replaces}
        </p>
      )}
    </Section>
  )
}

function Collected({ accepted, onLeave }: { readonly accepted: AcceptedOffer; readonly onLeave: (place?: string) => void }) {
  const { texts } = useSpeech()
  const words = texts.offer
  const first = accepted.credentialIds[0]
  return (
    <ResultView
      good
      title={words.done}
      actions={
        <>
          {first !== undefined && <Button onClick={() => onLeave(`/credentials/${first}`)}>{words.view}</Button>}
          <Button variant="default" onClick={() => onLeave()}>
            {texts.app.home}
          </Button>
        </>
      }
    >
      <p>{words.doneExplain}</p>
      {accepted.zkWaiting && <p>{words.zkWaiting}</p>}
    </ResultView>
  )
}
