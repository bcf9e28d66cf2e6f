import { Button, Progress } from '@mantine/core'
import { IconEye, IconEyeOff, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { HeldCredential } from '../core/wallet.ts'
import { useSpeech } from '../texts/language.tsx'
import { useAnnounce } from './announcer.tsx'
import { CredentialCard } from './credential-card.tsx'
import classes from './credential-page.module.css'
import { Dialog } from './dialog.tsx'
import { ErrorNotice } from './error-notice.tsx'
import { Page } from './page.tsx'
import { Rows, Section } from './section.tsx'
import { StatusLabel } from './status-label.tsx'
import { useTask } from './use-task.ts'
import { useCredentials, useWallet } from './wallet-context.tsx'

/** One credential: what it says (covered until asked for), how it stands, and its removal. */
export function CredentialPage({ id }: { readonly id: string }) {
  const { texts, say } = useSpeech()
  const { value: credentials, error } = useCredentials()
  const credential = credentials?.find(held => held.id === id)
  if (credential === undefined) {
    return (
      <Page title={texts.credential.title} back="/">
        <ErrorNotice error={error} />
        <p>{credentials === undefined ? texts.app.loading : texts.credential.gone}</p>
      </Page>
    )
  }
  return (
    <Page title={say(credential.title)} back="/" explain={credential.description && say(credential.description)}>
      <CredentialCard credential={credential} />
      <Claims credential={credential} />
      <About credential={credential} />
      <Removal credential={credential} />
    </Page>
  )
}

function Claims({ credential }: { readonly credential: HeldCredential }) {
  const { texts, say } = useSpeech()
  const [shown, setShown] = useState(false)
  return (
    <Section
      title={texts.credential.claims}
      aside={
        <Button
          variant="subtle"
          h={44}
          px="sm"
          aria-pressed={shown}
          leftSection={shown ? <IconEyeOff size={20} aria-hidden /> : <IconEye size={20} aria-hidden />}
          onClick={() => setShown(!shown)}
        >
          {shown ? texts.credential.hide : texts.credential.show}
        </Button>
      }
    >
      <Rows
        rows={credential.claims.map(claim => ({
          id: claim.path.join('.'),
          name: say(claim.title),
          value: shown ? say(claim.text) : <Covered />,
        }))}
      />
    </Section>
  )
}

function Covered() {
  const { texts } = useSpeech()
  return (
    <span role="img" aria-label={texts.credential.hidden} className={classes.covered}>
      ••••••
    </span>
  )
}

function About({ credential }: { readonly credential: HeldCredential }) {
  const { texts, say, date, dateTime } = useSpeech()
  const wallet = useWallet()
  const announce = useAnnounce()
  const task = useTask()
  const words = texts.credential
  const { copiesLeft, copiesIssued, zk } = credential
  const check = (): void => {
    void task.run(() => wallet.refresh()).then(done => done && announce(words.checked))
  }
  return (
    <Section title={words.about}>
      <Rows
        rows={[
          {
            name: words.status,
            value: (
              <>
                <StatusLabel status={credential.status} />
                <small>
                  {credential.statusCheckedAtMs === undefined
                    ? words.neverChecked
                    : words.checkedAt(dateTime(credential.statusCheckedAtMs))}
                </small>
              </>
            ),
          },
          {
            name: words.issuer,
            value: (
              <>
                {say(credential.issuer.name)}
                <small className={classes.identifier}>{credential.issuer.did}</small>
              </>
            ),
          },
          { name: words.issued, value: date(credential.issuedAtMs) },
          {
            name: words.expires,
            value: credential.expiresAtMs === undefined ? words.unlimited : words.until(date(credential.expiresAtMs)),
          },
          ...(copiesIssued === 0
            ? []
            : [
                {
                  name: words.copies,
                  value: (
                    <>
                      {words.copiesLeft(copiesLeft, copiesIssued)}
                      <Progress value={(copiesLeft / copiesIssued) * 100} color="bronze" mt={6} aria-label={words.copies} />
                      <small>{words.copiesExplain}</small>
                    </>
                  ),
                },
              ]),
          ...(credential.status === 'revoked' || credential.status === 'expired'
            ? []
            : [
                {
                  name: words.zk,
                  value: (
                    <>
                      {words.zkStates[zk.state]}
                      {zk.preparedProofs > 0 && ` · ${words.prepared(zk.preparedProofs)}`}
                      <small>{words.zkExplain[zk.state]}</small>
                    </>
                  ),
                },
              ]),
        ]}
      />
      <ErrorNotice error={task.error} />
      <Button variant="default" mt="xs" loading={task.busy} leftSection={<IconRefresh size={18} aria-hidden />} onClick={check}>
        {words.check}
      </Button>
    </Section>
  )
}

function Removal({ credential }: { readonly credential: HeldCredential }) {
  const { texts, say } = useSpeech()
  const wallet = useWallet()
  const announce = useAnnounce()
  const [, navigate] = useLocation()
  const [asking, setAsking] = useState(false)
  const task = useTask()
  const words = texts.credential
  const remove = (): void => {
    void task
      .run(() => wallet.remove(credential.id))
      .then(done => {
        if (!done) return
        announce(words.removed)
        navigate('/', { replace: true })
      })
  }
  return (
    <div className={classes.removal}>
      <Button variant="subtle" color="cinnabar" leftSection={<IconTrash size={18} aria-hidden />} onClick={() => setAsking(true)}>
        {words.remove}
      </Button>
      <Dialog opened={asking} onClose={() => setAsking(false)} title={words.removeTitle(say(credential.title))}>
        <p>{words.removeExplain}</p>
        <ErrorNotice error={task.error} />
        <Button fullWidth loading={task.busy} onClick={remove}>
          {words.remove}
        </Button>
        <Button fullWidth mt="xs" variant="subtle" color="gray" onClick={() => setAsking(false)}>
          {texts.app.cancel}
        </Button>
      </Dialog>
    </div>
  )
}
