import { ErrorNotice, Loading, Page, Rows, Section, useLoaded, useMe, useSpeech, useTexts } from '@hufu/look'
import { Button } from '@mantine/core'
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Receipt } from '../api/staff-answers.ts'
import classes from './receipt-page.module.css'
import { ShownClaims } from './shown-claims.tsx'
import { VerdictMark } from './verdict-mark.tsx'
import { verificationTexts } from './verification-texts.ts'

/** One receipt: each rule with its evidence. */
export function ReceiptPage({ id }: { readonly id: string }) {
  const texts = useTexts(verificationTexts)
  const { exactTime, dateTime } = useSpeech()
  const me = useMe()
  const [withContent, setWithContent] = useState(false)
  const { data, error, reload } = useLoaded(`receipt ${id} ${withContent}`, client =>
    client.get<Receipt>(`/verifier/receipts/${id}${withContent ? '?content=true' : ''}`),
  )
  return (
    <Page
      title={texts.one}
      back="/receipts"
      width="narrow"
      {...(data === undefined ? {} : { aside: <VerdictMark verdict={data.verdict} /> })}
    >
      <ErrorNotice error={error} onRetry={reload} />
      {data === undefined && error === undefined && <Loading lines={6} />}
      {data !== undefined && (
        <>
          <Section title={texts.one}>
            <Rows
              rows={[
                { name: texts.at, value: exactTime(data.atMs) },
                { name: texts.query, value: texts.version(data.queryId, data.queryVersion) },
                { name: texts.kind, value: texts.kinds[data.purpose] ?? data.purpose },
                { name: texts.verifier, value: <code>{data.verifier}</code> },
                { name: texts.receipt, value: <code>{data.id}</code> },
              ]}
            />
          </Section>
          <Section title={texts.rules}>
            <ol className={classes.rules}>
              {data.rules.map((rule, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the order of the rules is theirs for good
                <li key={index} data-passed={rule.passed}>
                  {rule.passed ? (
                    <IconCircleCheck size={22} aria-label={texts.passed} />
                  ) : (
                    <IconCircleX size={22} aria-label={texts.failed} />
                  )}
                  <RuleText rule={rule} />
                </li>
              ))}
            </ol>
          </Section>
          <Section title={texts.content}>
            {data.content !== undefined ? (
              <ShownClaims claims={(data.content as { claims?: unknown }).claims} />
            ) : data.contentUntilMs === undefined ? (
              <p>{texts.contentGone}</p>
            ) : (
              <>
                <p>
                  {texts.contentKept} {dateTime(data.contentUntilMs)}
                </p>
                {me.roles.includes('officer') && (
                  <>
                    <p>{texts.contentExplain}</p>
                    <Button variant="default" onClick={() => setWithContent(true)}>
                      {texts.showContent}
                    </Button>
                  </>
                )}
              </>
            )}
          </Section>
        </>
      )}
    </Page>
  )
}

function RuleText({ rule }: { readonly rule: Receipt['rules'][number] }) {
  const { say } = useSpeech()
  const evidence = Object.entries(rule.evidence)
  return (
    <div>
      <p className={classes.text}>
        {say(rule.text)} {rule.credential !== undefined && <code>{rule.credential}</code>}
      </p>
      {evidence.length > 0 && (
        <p className={classes.evidence}>
          {evidence.map(([name, value]) => (
            <code key={name}>
              {name}: {String(value)}
            </code>
          ))}
        </p>
      )}
    </div>
  )
}
