import { DataTable, Page, Rows, Section, useLoaded, useSpeech, useTexts } from '@hufu/look'
import { Link } from 'wouter'
import type { AnchorAnswer, TreeAnswer, TreeHistory } from '../../../src/api-types.ts'
import { TimeChart } from '../charts/time-chart.tsx'
import { DidName } from '../frame/did-name.tsx'
import { Hash } from '../frame/hash.tsx'
import { VerifiedAnswer } from '../verify/verified-answer.tsx'
import { treesTexts } from './trees-texts.ts'

/** A credential tree as it is now, and how it grew. */
export function TreeAnswerPage({ did, typeId }: { readonly did: string; readonly typeId: string }) {
  const texts = useTexts(treesTexts)
  const { number, exactTime } = useSpeech()
  return (
    <Page title={texts.tree} explain={<code>{typeId}</code>} back="/trees">
      <VerifiedAnswer<TreeAnswer>
        path={`/v1/explorer/trees/${did}/${typeId}`}
        asked={{ kind: 'tree', did, typeId, rootIndex: 'latest' }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <Section title={texts.tree}>
            <Rows
              rows={[
                { name: texts.who, value: <DidName did={did} /> },
                { name: texts.leaves, value: number(shown.size) },
                { name: texts.rootIndex, value: number(shown.rootIndex) },
                { name: texts.root, value: <Hash value={shown.root} isWhole /> },
                { name: texts.time, value: exactTime(shown.timeMs) },
                { name: texts.block, value: <Link href={`/explorer/blocks/${shown.blockIndex}`}>{number(shown.blockIndex)}</Link> },
              ]}
            />
          </Section>
        )}
      </VerifiedAnswer>
      <History did={did} typeId={typeId} />
    </Page>
  )
}

function History({ did, typeId }: { readonly did: string; readonly typeId: string }) {
  const texts = useTexts(treesTexts)
  const { number, exactTime } = useSpeech()
  const path = `/v1/explorer/trees/${did}/${typeId}/roots`
  const { data, error, reload } = useLoaded(path, client => client.get<TreeHistory>(path))
  const roots = data?.roots.toSorted((a, b) => a.rootIndex - b.rootIndex)
  return (
    <Section title={texts.history}>
      {roots !== undefined && roots.length > 1 && (
        <TimeChart
          title={texts.growth}
          timesMs={roots.map(({ timeMs }) => timeMs)}
          series={[{ name: texts.leaves, values: roots.map(({ size }) => size) }]}
          kind="step"
          from={0}
          isWhole
        />
      )}
      <DataTable
        caption={texts.history}
        rows={roots?.toReversed()}
        keyOf={({ rootIndex }) => String(rootIndex)}
        error={error}
        onRetry={reload}
        empty={texts.none}
        columns={[
          { title: texts.rootIndex, isNumber: true, show: ({ rootIndex }) => number(rootIndex) },
          { title: texts.leaves, isNumber: true, show: ({ size }) => number(size) },
          { title: texts.root, show: ({ root }) => <Hash value={root} /> },
          { title: texts.time, show: ({ timeMs }) => exactTime(timeMs) },
        ]}
      />
    </Section>
  )
}

/** The latest anchor of a list. */
export function AnchorAnswerPage({ did, listId }: { readonly did: string; readonly listId: string }) {
  const texts = useTexts(treesTexts)
  const { number, exactTime } = useSpeech()
  return (
    <Page title={texts.anchor} explain={<code>{listId}</code>} back="/trees">
      <VerifiedAnswer<AnchorAnswer>
        path={`/v1/explorer/anchors/${did}/${listId}`}
        asked={{ kind: 'statusListAnchor', did, listId, sequence: 'latest' }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <Section title={texts.anchor}>
            <Rows
              rows={[
                { name: texts.who, value: <DidName did={did} /> },
                { name: texts.sequence, value: number(shown.sequence) },
                { name: texts.sha256, value: <Hash value={shown.sha256} isWhole /> },
                { name: texts.time, value: exactTime(shown.timeMs) },
                { name: texts.block, value: <Link href={`/explorer/blocks/${shown.blockIndex}`}>{number(shown.blockIndex)}</Link> },
              ]}
            />
          </Section>
        )}
      </VerifiedAnswer>
    </Page>
  )
}
