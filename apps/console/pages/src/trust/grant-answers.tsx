import { Mark, Page, Rows, Section, useSpeech, useTexts } from '@hufu/look'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Grant, GrantAnswer, RightAnswer } from '../../../src/api-types.ts'
import { DidName } from '../frame/did-name.tsx'
import { Hash } from '../frame/hash.tsx'
import { VerifiedAnswer } from '../verify/verified-answer.tsx'
import { StandingMark, useReason } from './standing-mark.tsx'
import { trustTexts } from './trust-texts.ts'

interface GrantPageProps {
  readonly kind: string
  readonly did: string
  readonly name: string
  /** Milliseconds, decimal; undefined: now. */
  readonly at: string | undefined
}

/** As the ledger writes "without end". */
const endOfTimeMs = 8_640_000_000_000_000

/** Now, or the moment that is asked about; it stays the same while the page is open. */
function useMoment(at: string | undefined): number {
  const [openedMs] = useState(Date.now)
  return at === undefined ? openedMs : Number(at)
}

/** A grant at a moment. */
export function GrantAnswerPage({ kind, did, name, at }: GrantPageProps) {
  const texts = useTexts(trustTexts)
  const { exactTime } = useSpeech()
  const atMs = useMoment(at)
  const grant = kind as Grant['kind']
  return (
    <Page title={texts.kinds[grant]} explain={<DidName did={did} />} back="/trust">
      <VerifiedAnswer<GrantAnswer>
        path={`/v1/explorer/grants/${kind}/${did}?time=${atMs}${name === '' ? '' : `&name=${name}`}`}
        asked={{ kind: 'grant', grant, did, name, atMs }}
        none={<p>{texts.noGrant}</p>}
      >
        {shown => (
          <Section title={`${texts.grant} · ${exactTime(shown.atMs)}`} aside={<StandingMark standing={shown.standing} />}>
            <GrantRows grant={shown} />
          </Section>
        )}
      </VerifiedAnswer>
    </Page>
  )
}

/** Whether a right counted at a moment, and the three grants that it rests on. */
export function RightAnswerPage({ kind, did, name, at }: GrantPageProps) {
  const texts = useTexts(trustTexts)
  const { exactTime } = useSpeech()
  const atMs = useMoment(at)
  const right = kind as 'issue' | 'ask'
  return (
    <Page title={texts.rightTitle[right]} explain={<code>{name}</code>} back="/trust">
      <VerifiedAnswer<RightAnswer>
        path={`/v1/explorer/rights/${kind}/${did}/${name}?time=${atMs}`}
        asked={{ kind: 'right', right, did, name, atMs }}
        none={<p>{texts.noGrant}</p>}
      >
        {shown => (
          <>
            <Section
              title={exactTime(shown.atMs)}
              aside={<Mark tone={shown.allowed ? 'good' : 'bad'}>{shown.allowed ? texts.could : texts.couldNot}</Mark>}
            >
              <Rows rows={[{ name: texts.who, value: <DidName did={did} /> }]} />
              <p>{texts.chainExplain}</p>
            </Section>
            {([shown.right, shown.institution, shown.authority] as const).map(
              grant =>
                grant !== null && (
                  <Section key={grant.kind} title={texts.kinds[grant.kind]} aside={<StandingMark standing={grant.standing} />}>
                    <GrantRows grant={grant} />
                  </Section>
                ),
            )}
          </>
        )}
      </VerifiedAnswer>
    </Page>
  )
}

function GrantRows({ grant }: { readonly grant: Grant }) {
  const texts = useTexts(trustTexts)
  const { exactTime, dateTime, number } = useSpeech()
  const reason = useReason()
  const { entry, did, name } = grant
  if (entry === null) return <p>{texts.noGrant}</p>
  const until = entry.validUntilMs >= endOfTimeMs ? texts.endless : dateTime(entry.validUntilMs)
  return (
    <Rows
      rows={[
        { name: texts.who, value: <DidName did={did} /> },
        name !== '' && { name: texts.what, value: <code>{name}</code> },
        entry.label !== '' && { name: texts.label, value: <code>{entry.label}</code> },
        { name: texts.from, value: `${dateTime(entry.validFromMs)} ${texts.until} ${until}` },
        entry.reason > 0 && { name: texts.reason, value: reason(entry.reason) },
        { name: texts.granter, value: <Hash value={entry.granter} /> },
        { name: texts.actor, value: <Hash value={entry.actor} /> },
        { name: texts.time, value: exactTime(entry.timeMs) },
        { name: texts.block, value: <Link href={`/explorer/blocks/${entry.blockIndex}`}>{number(entry.blockIndex)}</Link> },
      ]}
    />
  )
}
