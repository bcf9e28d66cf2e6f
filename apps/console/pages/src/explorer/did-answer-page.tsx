import { Mark, Page, Rows, Section, useSpeech, useTexts } from '@hufu/look'
import { Link } from 'wouter'
import type { DidAnswer } from '../../../src/api-types.ts'
import { Hash } from '../frame/hash.tsx'
import { useNames } from '../frame/names.tsx'
import { GrantChanges } from '../trust/grant-changes.tsx'
import { VerifiedAnswer } from '../verify/verified-answer.tsx'
import { explorerTexts } from './explorer-texts.ts'
import { JsonText } from './json-text.tsx'

interface DidAnswerPageProps {
  readonly did: string
  /** Decimal; of both, at most one. */
  readonly version: string | undefined
  readonly at: string | undefined
}

const shownVersions = 12

/** An identifier: who controls it, its document, and how it came to be so. */
export function DidAnswerPage({ did, version, at }: DidAnswerPageProps) {
  const texts = useTexts(explorerTexts)
  const { exactTime, number } = useSpeech()
  const name = useNames()(did)
  const query = version !== undefined ? `?version=${version}` : at !== undefined ? `?time=${at}` : ''
  const moment = version !== undefined ? { version: Number(version) } : at !== undefined ? { timeMs: Number(at) } : 'latest'
  return (
    <Page title={name ?? texts.did} explain={<code>{did}</code>} back="/explorer">
      <VerifiedAnswer<DidAnswer>
        path={`/v1/explorer/dids/${did}${query}`}
        asked={{ kind: 'did', did, moment }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <>
            <Section
              title={texts.did}
              aside={<Mark tone={shown.deactivated ? 'bad' : 'good'}>{shown.deactivated ? texts.deactivated : texts.active}</Mark>}
            >
              <Rows
                rows={[
                  { name: texts.version, value: `${number(shown.version)} ${texts.of} ${number(shown.latestVersion)}` },
                  { name: texts.operation, value: texts.operations[shown.operation] },
                  {
                    name: texts.inForce,
                    value: `${exactTime(shown.timeMs)} ${texts.until} ${shown.nextTimeMs === null ? texts.now : exactTime(shown.nextTimeMs)}`,
                  },
                  {
                    name: texts.block,
                    value: <Link href={`/explorer/blocks/${shown.blockIndex}`}>{number(shown.blockIndex)}</Link>,
                  },
                  { name: texts.controller, value: <Hash value={shown.controller} isWhole /> },
                  { name: texts.recovery, value: shown.recovery === null ? texts.none : <Hash value={shown.recovery} isWhole /> },
                  shown.latestVersion > 1 && {
                    name: texts.versions,
                    value: Array.from({ length: Math.min(shownVersions, shown.latestVersion) }, (_, index) => shown.latestVersion - index)
                      .filter(each => each !== shown.version)
                      .map(each => (
                        <span key={each}>
                          <Link href={`/explorer/dids/${did}/version/${each}`}>{number(each)}</Link>{' '}
                        </span>
                      )),
                  },
                ]}
              />
            </Section>
            <Section title={texts.document}>
              <JsonText text={shown.document} />
            </Section>
          </>
        )}
      </VerifiedAnswer>
      <Section title={texts.grants}>
        <GrantChanges did={did} />
      </Section>
    </Page>
  )
}
