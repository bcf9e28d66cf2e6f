import { Mark, Page, Rows, Section, useSpeech, useTexts } from '@hufu/look'
import { Link } from 'wouter'
import type { BlockAnswer, TransactionAnswer } from '../../../src/api-types.ts'
import { Hash } from '../frame/hash.tsx'
import { VerifiedAnswer } from '../verify/verified-answer.tsx'
import classes from './chain-answers.module.css'
import { explorerTexts } from './explorer-texts.ts'
import { Notifications } from './notifications.tsx'

/** A block. @param block - its number or hash */
export function BlockAnswerPage({ block }: { readonly block: string }) {
  const texts = useTexts(explorerTexts)
  const { number, exactTime } = useSpeech()
  const asked = block.length === 64 ? block : Number(block)
  return (
    <Page title={`${texts.block} ${typeof asked === 'number' ? number(asked) : `${block.slice(0, 8)}…`}`} back="/explorer">
      <VerifiedAnswer<BlockAnswer>
        path={`/v1/explorer/blocks/${block}`}
        asked={{ kind: 'block', block: asked }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <>
            <Section title={texts.block}>
              <Rows
                rows={[
                  { name: texts.block, value: number(shown.index) },
                  { name: texts.time, value: exactTime(shown.timeMs) },
                  { name: texts.hash, value: <Hash value={shown.hash} isWhole /> },
                  shown.index > 0 && {
                    name: texts.previous,
                    value: (
                      <Link href={`/explorer/blocks/${shown.index - 1}`}>
                        <Hash value={shown.previousHash} />
                      </Link>
                    ),
                  },
                  { name: texts.stateRoot, value: <Hash value={shown.previousStateRoot} isWhole /> },
                  { name: texts.proposer, value: shown.proposer ?? texts.none },
                ]}
              />
            </Section>
            <Section title={texts.transactions}>
              {shown.transactions.length === 0 ? (
                texts.none
              ) : (
                <ul className={classes.list}>
                  {shown.transactions.map(hash => (
                    <li key={hash}>
                      <Link href={`/explorer/transactions/${hash}`}>
                        <Hash value={hash} />
                      </Link>
                    </li>
                  ))}
                </ul>
              )}
            </Section>
          </>
        )}
      </VerifiedAnswer>
    </Page>
  )
}

/** A transaction, how it ran, and what it told. */
export function TransactionAnswerPage({ hash }: { readonly hash: string }) {
  const texts = useTexts(explorerTexts)
  const { number, exactTime } = useSpeech()
  return (
    <Page title={`${texts.transaction} ${hash.slice(0, 8)}…`} back="/explorer">
      <VerifiedAnswer<TransactionAnswer>
        path={`/v1/explorer/transactions/${hash}`}
        asked={{ kind: 'transaction', hash }}
        none={<p>{texts.noneThere}</p>}
      >
        {shown => (
          <>
            <Section title={texts.transaction}>
              <Rows
                rows={[
                  { name: texts.hash, value: <Hash value={shown.hash} isWhole /> },
                  {
                    name: texts.outcome,
                    value: (
                      <Mark tone={shown.outcome === 'HALT' ? 'good' : shown.outcome === 'FAULT' ? 'bad' : 'plain'}>
                        {texts.outcomes[shown.outcome]}
                      </Mark>
                    ),
                  },
                  {
                    name: texts.block,
                    value: <Link href={`/explorer/blocks/${shown.blockIndex}`}>{number(shown.blockIndex)}</Link>,
                  },
                  { name: texts.time, value: exactTime(shown.timeMs) },
                  { name: texts.size, value: texts.bytes(number(shown.sizeBytes)) },
                  { name: texts.signers, value: shown.signers.map(signer => <Hash key={signer} value={signer} />) },
                  { name: texts.fees, value: gas(shown.systemFeeDatoshi, shown.networkFeeDatoshi) },
                  { name: texts.validUntil, value: number(shown.validUntilBlock) },
                  { name: texts.script, value: <Hash value={shown.script} /> },
                ]}
              />
            </Section>
            <Section title={texts.notifications}>
              <Notifications notifications={shown.notifications} />
            </Section>
          </>
        )}
      </VerifiedAnswer>
    </Page>
  )
}

function gas(...datoshi: readonly string[]): string {
  return datoshi.map(each => (Number(each) / 1e8).toFixed(8).replace(/0+$/, '').replace(/\.$/, '')).join(' + ')
}
