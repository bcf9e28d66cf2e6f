import { NotFoundPage } from '@hufu/look'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { AnchorAnswerPage, TreeAnswerPage } from '../trees/tree-answers.tsx'
import { GrantAnswerPage, RightAnswerPage } from '../trust/grant-answers.tsx'
import { BlockAnswerPage, TransactionAnswerPage } from './chain-answers.tsx'
import { CredentialTypeAnswerPage, QueryAnswerPage, VerifyingKeyAnswerPage } from './content-answers.tsx'
import { DidAnswerPage } from './did-answer-page.tsx'

type Parts = Readonly<Record<string, string>>

const did = '(?<did>did:neo:[a-z0-9-]+:[1-9A-HJ-NP-Za-km-z]+)'
const name = '(?<name>[A-Za-z0-9._:-]+)'
const at = '(?:/at/(?<at>\\d{1,16}))?'
const version = '(?:/version/(?<version>\\d{1,10}))?'

/** Places of answers, and what shows them. */
const places: readonly (readonly [RegExp, (parts: Parts) => ReactNode])[] = [
  [place('blocks/(?<block>\\d{1,10}|[0-9a-f]{64})'), parts => <BlockAnswerPage block={parts.block!} />],
  [place('transactions/(?<hash>[0-9a-f]{64})'), parts => <TransactionAnswerPage hash={parts.hash!} />],
  [place(`dids/${did}${version}${at}`), parts => <DidAnswerPage did={parts.did!} version={parts.version} at={parts.at} />],
  [
    place(`grants/(?<kind>authority|institution|issue|ask)/${did}(?:/(?!at/)${name})?${at}`),
    parts => <GrantAnswerPage kind={parts.kind!} did={parts.did!} name={parts.name ?? ''} at={parts.at} />,
  ],
  [
    place(`rights/(?<kind>issue|ask)/${did}/${name}${at}`),
    parts => <RightAnswerPage kind={parts.kind!} did={parts.did!} name={parts.name!} at={parts.at} />,
  ],
  [place(`credential-types/${name}${version}`), parts => <CredentialTypeAnswerPage typeId={parts.name!} version={parts.version} />],
  [place(`queries/${did}/${name}${version}`), parts => <QueryAnswerPage did={parts.did!} queryId={parts.name!} version={parts.version} />],
  [place(`trees/${did}/${name}`), parts => <TreeAnswerPage did={parts.did!} typeId={parts.name!} />],
  [place(`anchors/${did}/${name}`), parts => <AnchorAnswerPage did={parts.did!} listId={parts.name!} />],
  [place(`verifying-keys/${name}${version}`), parts => <VerifyingKeyAnswerPage circuitId={parts.name!} version={parts.version} />],
]

/** An answer of the explorer, by its place. */
export function AnswerRoutes() {
  const [location] = useLocation()
  for (const [pattern, page] of places) {
    const found = pattern.exec(decodeURIComponent(location))
    if (found !== null) return <div key={location}>{page((found.groups ?? {}) as Parts)}</div>
  }
  return <NotFoundPage />
}

function place(pattern: string): RegExp {
  return new RegExp(`^/explorer/${pattern}$`)
}
