import { TallyLogo, TigerStripes } from '@hufu/look'
import type { CSSProperties } from 'react'
import { Link } from 'wouter'
import type { HeldCredential } from '../core/wallet.ts'
import { cardColours } from '../look/city-colours.ts'
import { useSpeech } from '../texts/language.tsx'
import classes from './credential-card.module.css'
import { StatusLabel } from './status-label.tsx'

interface CredentialCardProps {
  readonly credential: HeldCredential
  /** Whether it leads to its own page. */
  readonly linked?: boolean
}

/** A credential as a card in the colour of its city. What it says about the person is not on it: cards are looked at where others look along. */
export function CredentialCard({ credential, linked = false }: CredentialCardProps) {
  const { texts, say, date } = useSpeech()
  const city = credential.claims.find(({ path }) => path.length === 1 && path[0] === 'city_code')
  const colours = cardColours(city?.value, credential.issuer.did)
  const content = (
    <>
      <TigerStripes className={classes.stripes!} />
      <span className={classes.top}>
        <span className={classes.title}>{say(credential.title)}</span>
        <TallyLogo size={36} />
      </span>
      <span className={classes.bottom}>
        <span className={classes.issuer}>{say(credential.issuer.name)}</span>
        <span className={classes.line}>
          <span>
            {credential.expiresAtMs === undefined ? texts.credential.unlimited : texts.credential.until(date(credential.expiresAtMs))}
          </span>
          <StatusLabel status={credential.status} />
        </span>
      </span>
    </>
  )
  const look = {
    className: classes.card!,
    'data-counts': credential.status === 'valid' || credential.status === 'unknown',
    style: { '--from': colours.from, '--to': colours.to } as CSSProperties,
  }
  if (!linked) return <div {...look}>{content}</div>
  return (
    <Link href={`/credentials/${credential.id}`} {...look}>
      {content}
    </Link>
  )
}
