import { DataTable, Mark, Page, Section, useLoaded, useSpeech, useTexts } from '@hufu/look'
import { Link } from 'wouter'
import type { AnchorList, TreeList, VerifyingKeyList } from '../../../src/api-types.ts'
import { DidName } from '../frame/did-name.tsx'
import { Hash } from '../frame/hash.tsx'
import { treesTexts } from './trees-texts.ts'

const everyMs = 10_000

/** What issuers publish: trees, anchors of lists; and the keys that proofs are checked with. */
export function TreesPage() {
  const texts = useTexts(treesTexts)
  return (
    <Page title={texts.title} explain={texts.explain}>
      <Trees />
      <Anchors />
      <VerifyingKeys />
    </Page>
  )
}

function Trees() {
  const texts = useTexts(treesTexts)
  const { number, exactTime } = useSpeech()
  const { data, error, reload } = useLoaded('trees', client => client.get<TreeList>('/v1/explorer/trees'), { everyMs })
  return (
    <>
      {data !== undefined && data.falseRoots.length > 0 && (
        <Section title={texts.falseRoots} tone="warning">
          <p>{texts.falseRootsExplain}</p>
          <DataTable
            caption={texts.falseRoots}
            rows={data.falseRoots}
            keyOf={({ did, typeId, rootIndex }) => `${did} ${typeId} ${rootIndex}`}
            empty=""
            columns={[
              { title: texts.who, show: ({ did }) => <DidName did={did} /> },
              { title: texts.type, show: ({ typeId }) => <code>{typeId}</code> },
              { title: texts.rootIndex, isNumber: true, show: ({ rootIndex }) => number(rootIndex) },
              { title: texts.reason, show: ({ reason }) => texts.reasons[reason] ?? reason },
            ]}
          />
        </Section>
      )}
      <Section title={texts.trees} aside={<span>{data !== undefined && texts.indexed(number(data.indexedThrough))}</span>}>
        <p>{texts.treesExplain}</p>
        <DataTable
          caption={texts.trees}
          rows={data?.trees}
          keyOf={({ did, typeId }) => `${did} ${typeId}`}
          error={error}
          onRetry={reload}
          empty={texts.none}
          columns={[
            { title: texts.type, show: ({ did, typeId }) => <Link href={`/explorer/trees/${did}/${typeId}`}>{typeId}</Link> },
            { title: texts.who, show: ({ did }) => <DidName did={did} /> },
            { title: texts.leaves, isNumber: true, show: ({ size }) => number(size) },
            { title: texts.rootIndex, isNumber: true, show: ({ rootIndex }) => number(rootIndex) },
            { title: texts.root, show: ({ root }) => <Hash value={root} /> },
            { title: texts.time, show: ({ timeMs }) => exactTime(timeMs) },
          ]}
        />
      </Section>
    </>
  )
}

function Anchors() {
  const texts = useTexts(treesTexts)
  const { number, exactTime } = useSpeech()
  const { data, error, reload } = useLoaded('anchors', client => client.get<AnchorList>('/v1/explorer/anchors'), { everyMs })
  return (
    <Section title={texts.anchors}>
      <p>{texts.anchorsExplain}</p>
      <DataTable
        caption={texts.anchors}
        rows={data?.anchors}
        keyOf={({ did, listId }) => `${did} ${listId}`}
        error={error}
        onRetry={reload}
        empty={texts.none}
        columns={[
          {
            title: texts.list,
            show: ({ did, listId }) => (
              <>
                <Link href={`/explorer/anchors/${did}/${listId}`}>{listId}</Link>{' '}
                <Mark tone="plain">{listId.startsWith('audit:') ? texts.auditLog : texts.statusList}</Mark>
              </>
            ),
          },
          { title: texts.who, show: ({ did }) => <DidName did={did} /> },
          { title: texts.sequence, isNumber: true, show: ({ sequence }) => number(sequence) },
          { title: texts.sha256, show: ({ sha256 }) => <Hash value={sha256} /> },
          { title: texts.time, show: ({ timeMs }) => exactTime(timeMs) },
        ]}
      />
    </Section>
  )
}

function VerifyingKeys() {
  const texts = useTexts(treesTexts)
  const { number, exactTime } = useSpeech()
  const { data, error, reload } = useLoaded('verifying keys', client => client.get<VerifyingKeyList>('/v1/explorer/verifying-keys'))
  return (
    <Section title={texts.keys}>
      <DataTable
        caption={texts.keys}
        rows={data?.keys}
        keyOf={({ circuitId }) => circuitId}
        error={error}
        onRetry={reload}
        empty={texts.none}
        columns={[
          { title: texts.circuit, show: ({ circuitId }) => <Link href={`/explorer/verifying-keys/${circuitId}`}>{circuitId}</Link> },
          { title: texts.version, isNumber: true, show: ({ version }) => number(version) },
          {
            title: '',
            show: ({ development }) => <Mark tone={development ? 'bad' : 'good'}>{development ? texts.development : texts.ceremony}</Mark>,
          },
          { title: texts.sha256, show: ({ sha256 }) => <Hash value={sha256} /> },
          { title: texts.time, show: ({ timeMs }) => exactTime(timeMs) },
        ]}
      />
    </Section>
  )
}
