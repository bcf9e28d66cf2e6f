import { ConfirmDialog, DataTable, ErrorNotice, Loading, Page, Rows, Section, useSpeech, useTexts } from '@hufu/look'
import { Alert, Button, FileButton } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconFileImport } from '@tabler/icons-react'
import { useState } from 'react'
import { useTrustedNetwork } from '../verify/use-trusted-network.tsx'
import classes from './anchor-page.module.css'
import { explorerTexts } from './explorer-texts.ts'

/** What this browser takes on trust, to be compared by people, and how to bring another. */
export function AnchorPage() {
  const texts = useTexts(explorerTexts)
  const { exactTime } = useSpeech()
  const { trusted, error, trustFile, forget } = useTrustedNetwork()
  const [isBad, setIsBad] = useState(false)
  const [isAsking, setIsAsking] = useState(false)
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return
    try {
      trustFile(await file.text())
      setIsBad(false)
    } catch {
      setIsBad(true)
    }
  }
  if (trusted === undefined)
    return (
      <Page title={texts.anchorTitle}>
        <ErrorNotice error={error} />
        {error === undefined && <Loading />}
      </Page>
    )
  const { descriptor, fingerprint, source, sinceMs, isOther } = trusted
  const { validators, contracts } = descriptor
  return (
    <Page title={texts.anchorTitle} explain={texts.anchorExplain} width="narrow">
      <Alert
        color={isOther ? 'cinnabar' : 'patina'}
        variant="light"
        role={isOther ? 'alert' : undefined}
        icon={isOther ? <IconAlertTriangle aria-hidden /> : <IconCircleCheck aria-hidden />}
      >
        {isOther ? texts.other : texts.same}
      </Alert>
      <Section title={texts.fingerprint}>
        <p className={classes.fingerprint}>{(fingerprint.match(/.{4}/g) ?? []).join(' ')}</p>
        <p>{texts.fingerprintExplain}</p>
        <Rows
          rows={[
            { name: texts.since, value: `${exactTime(sinceMs)} · ${texts.source[source]}` },
            { name: texts.quorum, value: `${validators.length - Math.floor((validators.length - 1) / 3)} / ${validators.length}` },
          ]}
        />
      </Section>
      <Section title={texts.validators}>
        <DataTable
          caption={texts.validators}
          rows={validators}
          keyOf={({ publicKey }) => publicKey}
          empty="—"
          columns={[
            { title: texts.names, show: ({ name }) => <strong>{name}</strong> },
            { title: 'P-256', show: ({ publicKey }) => <code>{publicKey}</code> },
          ]}
        />
      </Section>
      <Section title={texts.contracts}>
        <p>{texts.contractsExplain}</p>
        <Rows
          rows={Object.entries(contracts).map(([name, { id, hash }]) => ({
            name: <span lang="en">{name}</span>,
            id: name,
            value: (
              <>
                {id} · <code>{hash}</code>
              </>
            ),
          }))}
        />
      </Section>
      <Section title={texts.useFile}>
        <p>{texts.useFileExplain}</p>
        {isBad && (
          <Alert role="alert" color="cinnabar" variant="light" mb="md">
            {texts.badFile}
          </Alert>
        )}
        <div className={classes.buttons}>
          <FileButton accept="application/json,.json" onChange={file => void take(file)}>
            {props => (
              <Button {...props} variant="default" leftSection={<IconFileImport size={20} aria-hidden />}>
                {texts.chooseFile}
              </Button>
            )}
          </FileButton>
          <Button variant="subtle" color="cinnabar" onClick={() => setIsAsking(true)}>
            {texts.forget}
          </Button>
        </div>
      </Section>
      <ConfirmDialog
        title={texts.forget}
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        action={texts.forget}
        onConfirm={async () => forget()}
      >
        <p>{texts.anchorExplain}</p>
      </ConfirmDialog>
    </Page>
  )
}
