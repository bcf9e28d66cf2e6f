import { ErrorNotice, Page, Rows, Section, useClient, useSpeech, useTask, useTexts } from '@hufu/look'
import { type AuditReport, checkAuditLog } from '@hufu/service/check-audit-log'
import { Alert, Button, Code, FileButton } from '@mantine/core'
import { IconAlertTriangle, IconFileSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { TimeChart } from '../charts/time-chart.tsx'
import { DidName } from '../frame/did-name.tsx'
import { Hash } from '../frame/hash.tsx'
import { useTrustedNetwork } from '../verify/use-trusted-network.tsx'
import classes from './audit-page.module.css'
import { auditTexts } from './audit-texts.ts'
import { FalseAnchor, provenAnchors } from './proven-anchors.ts'
import { type ReadLog, readLog } from './read-log.ts'
import { ReplayedRecords } from './replayed-records.tsx'

interface Replayed {
  readonly log: ReadLog
  readonly report: AuditReport
  readonly ledgerAnchors: number
}

const dayMs = 86_400_000

/** Replays an exported log where the auditor is: nothing of it is sent anywhere. */
export function AuditPage() {
  const texts = useTexts(auditTexts)
  const client = useClient()
  const task = useTask()
  const { trusted } = useTrustedNetwork()
  const [progress, setProgress] = useState<string>()
  const [trouble, setTrouble] = useState<string>()
  const [replayed, setReplayed] = useState<Replayed>()
  const replay = (file: File | null): void => {
    if (file === null || trusted === undefined) return
    setTrouble(undefined)
    setReplayed(undefined)
    setProgress(texts.reading)
    task.run(async () => {
      try {
        const log = readLog(await file.text())
        if (log === undefined) {
          setTrouble(texts.notALog)
          return
        }
        const anchors = await provenAnchors(client, log, trusted, (done, all) => setProgress(texts.anchoring(done, all)))
        setReplayed({ log, report: checkAuditLog(log.copy, anchors), ledgerAnchors: anchors.length })
      } catch (error) {
        if (!(error instanceof FalseAnchor)) throw error
        setTrouble(texts.falseAnchor)
      } finally {
        setProgress(undefined)
      }
    })
  }
  return (
    <Page title={texts.title} explain={texts.explain}>
      <Section title={texts.choose}>
        <FileButton accept=".jsonl,application/jsonl" onChange={replay} disabled={task.isRunning || trusted === undefined}>
          {props => (
            <Button {...props} loading={task.isRunning} leftSection={<IconFileSearch size={20} aria-hidden />}>
              {texts.chooseButton}
            </Button>
          )}
        </FileButton>
        <p role="status" className={classes.progress}>
          {progress}
        </p>
        <ErrorNotice error={task.error} />
        {trouble !== undefined && (
          <Alert role="alert" color="cinnabar" variant="light" icon={<IconAlertTriangle aria-hidden />}>
            {trouble}
          </Alert>
        )}
        <p className={classes.hint}>{texts.cli}</p>
        <Code block>hufu audit verify audit.jsonl</Code>
      </Section>
      {replayed !== undefined && <Found {...replayed} />}
    </Page>
  )
}

function Found({ log, report, ledgerAnchors }: Replayed) {
  const texts = useTexts(auditTexts)
  const { number } = useSpeech()
  const { finding } = report
  const days = recordsByDay(log)
  return (
    <>
      <div className={classes.verdict} data-good={finding === null} role={finding === null ? 'status' : 'alert'}>
        <p className={classes.title}>{finding === null ? texts.holds : texts.wrong}</p>
        <p>
          {finding === null
            ? texts.holdsExplain(number(report.records), number(report.anchorsMet))
            : `${texts.findings[finding.kind]}: ${
                finding.to === undefined ? texts.toEnd(number(finding.from)) : texts.places(number(finding.from), number(finding.to))
              }`}
        </p>
        {ledgerAnchors === 0 && <p>{texts.noAnchors}</p>}
      </div>
      <Section title={log.list}>
        <Rows
          rows={[
            { name: texts.whose, value: <DidName did={log.did} /> },
            { name: texts.records, value: number(report.records) },
            { name: texts.anchors, value: `${number(ledgerAnchors)}, ${texts.met} ${number(report.anchorsMet)}` },
            { name: texts.through, value: number(report.anchoredThrough) },
            { name: texts.headHash, value: <Hash value={report.headHash} isWhole /> },
          ]}
        />
      </Section>
      {days.length > 1 && (
        <div className={classes.chart}>
          <TimeChart
            title={texts.timeline}
            timesMs={days.map(({ dayStartMs }) => dayStartMs)}
            series={[{ name: texts.records, values: days.map(({ count }) => count) }]}
            kind="bar"
            from={0}
            isWhole
          />
        </div>
      )}
      <ReplayedRecords log={log} report={report} />
    </>
  )
}

function recordsByDay({ copy }: ReadLog): readonly { readonly dayStartMs: number; readonly count: number }[] {
  const counts = new Map<number, number>()
  for (const { atMs } of copy.records) {
    const day = Math.floor(Number(atMs) / dayMs) * dayMs
    counts.set(day, (counts.get(day) ?? 0) + 1)
  }
  return [...counts].map(([dayStartMs, count]) => ({ dayStartMs, count })).sort((a, b) => a.dayStartMs - b.dayStartMs)
}
