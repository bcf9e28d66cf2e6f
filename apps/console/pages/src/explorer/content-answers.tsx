import { Mark, Page, Rows, Section, useSpeech, useTexts } from '@hufu/look'
import { Link } from 'wouter'
import type { CredentialTypeAnswer, QueryAnswer, VerifyingKeyAnswer } from '../../../src/api-types.ts'
import { DidName } from '../frame/did-name.tsx'
import { Hash } from '../frame/hash.tsx'
import { VerifiedAnswer } from '../verify/verified-answer.tsx'
import { explorerTexts } from './explorer-texts.ts'
import { JsonText } from './json-text.tsx'

interface Versioned {
  readonly version: number
  readonly sha256: string
  readonly timeMs: number
  readonly blockIndex: number
}

function useVersionRows(): (shown: Versioned) => readonly { readonly name: string; readonly value: React.ReactNode }[] {
  const texts = useTexts(explorerTexts)
  const { number, exactTime } = useSpeech()
  return ({ version, sha256, timeMs, blockIndex }) => [
    { name: texts.version, value: number(version) },
    { name: texts.time, value: exactTime(timeMs) },
    { name: texts.block, value: <Link href={`/explorer/blocks/${blockIndex}`}>{number(blockIndex)}</Link> },
    { name: texts.sha256, value: <Hash value={sha256} isWhole /> },
  ]
}

/** A credential type at one of its versions. */
export function CredentialTypeAnswerPage({ typeId, version }: { readonly typeId: string; readonly version: string | undefined }) {
  const texts = useTexts(explorerTexts)
  const versionRows = useVersionRows()
  return (
    <Page title={texts.credentialType} explain={<code>{typeId}</code>} back="/explorer">
      <VerifiedAnswer<CredentialTypeAnswer>
        path={`/v1/explorer/credential-types/${typeId}${queryOf(version)}`}
        asked={{ kind: 'credentialType', typeId, version: versionOf(version) }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <>
            <Section title={texts.credentialType}>
              <Rows rows={versionRows(shown)} />
            </Section>
            <Section title={texts.schema}>
              <JsonText text={shown.schema} />
            </Section>
          </>
        )}
      </VerifiedAnswer>
    </Page>
  )
}

interface QueryAnswerPageProps {
  readonly did: string
  readonly queryId: string
  readonly version: string | undefined
}

/** What an institution may ask. */
export function QueryAnswerPage({ did, queryId, version }: QueryAnswerPageProps) {
  const texts = useTexts(explorerTexts)
  const versionRows = useVersionRows()
  return (
    <Page title={texts.query} explain={<code>{queryId}</code>} back="/trust">
      <VerifiedAnswer<QueryAnswer>
        path={`/v1/explorer/queries/${did}/${queryId}${queryOf(version)}`}
        asked={{ kind: 'query', did, queryId, version: versionOf(version) }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <>
            <Section title={texts.query}>
              <Rows rows={[{ name: texts.did, value: <DidName did={did} /> }, ...versionRows(shown)]} />
            </Section>
            <Section title={texts.content}>
              <JsonText text={shown.content} />
            </Section>
          </>
        )}
      </VerifiedAnswer>
    </Page>
  )
}

/** Key that proofs of a circuit are checked with. */
export function VerifyingKeyAnswerPage({ circuitId, version }: { readonly circuitId: string; readonly version: string | undefined }) {
  const texts = useTexts(explorerTexts)
  const { number } = useSpeech()
  const versionRows = useVersionRows()
  return (
    <Page title={texts.verifyingKey} explain={<code>{circuitId}</code>} back="/trees">
      <VerifiedAnswer<VerifyingKeyAnswer>
        path={`/v1/explorer/verifying-keys/${circuitId}${queryOf(version)}`}
        asked={{ kind: 'verifyingKey', circuitId, version: versionOf(version) }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <Section title={texts.verifyingKey}>
            <Rows
              rows={[
                {
                  name: texts.kind,
                  value: <Mark tone={shown.development ? 'bad' : 'good'}>{shown.development ? texts.development : texts.ceremony}</Mark>,
                },
                ...versionRows(shown),
                { name: texts.size, value: texts.bytes(number(shown.sizeBytes)) },
              ]}
            />
          </Section>
        )}
      </VerifiedAnswer>
    </Page>
  )
}

function queryOf(version: string | undefined): string {
  return version === undefined ? '' : `?version=${version}`
}

function versionOf(version: string | undefined): number | 'latest' {
  return version === undefined ? 'latest' : Number(version)
}
