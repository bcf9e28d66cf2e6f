import { type Proposal, printable, readCouncil, readProposals, type SeatVote, standingOfProposal } from '@hufu/council'
import { addressOfScriptHash } from '@hufu/ledger'
import { bytesToHex, msToDateTime } from '@hufu/primitives'
import type { Context } from '../command.ts'
import type { Texts } from '../language.ts'
import { positiveInteger } from '../option-values.ts'
import { openReadingSession, type Session } from '../session.ts'
import { seeProposal } from './see-proposal.ts'

const standings = {
  open: { en: 'open', 'zh-CN': '投票中' },
  passed: { en: 'passed, waiting', 'zh-CN': '已通过，等待中' },
  executable: { en: 'to be executed', 'zh-CN': '可执行' },
  executed: { en: 'executed', 'zh-CN': '已执行' },
  rejected: { en: 'rejected', 'zh-CN': '未通过' },
  withdrawn: { en: 'withdrawn', 'zh-CN': '已撤回' },
  expired: { en: 'not passed in time', 'zh-CN': '逾期未通过' },
  lapsed: { en: 'not executed in time', 'zh-CN': '逾期未执行' },
} as const satisfies Record<string, Texts>

const kinds = {
  agrees: { en: 'agrees', 'zh-CN': '赞成' },
  against: { en: 'against', 'zh-CN': '反对' },
  retracted: { en: 'took its vote back', 'zh-CN': '已撤回' },
  vetoes: { en: 'vetoes', 'zh-CN': '否决' },
} as const satisfies Record<SeatVote['kind'], Texts>

/** Shows who sits in the council and by which rules it decides. */
export async function showCouncil({ home, output }: Context): Promise<void> {
  await reading(home, async session => {
    const { seats, rules, isFounding, isStopped, stoppedUntilMs } = await readCouncil(session)
    const rows = seats.map(seat => ({ ...seat, account: addressOfScriptHash(seat.account) }))
    const state = isFounding
      ? { en: 'The network is being founded: the committee acts as the council.', 'zh-CN': '网络创建中：由委员会代行理事会职权。' }
      : { en: 'The council acts by votes alone.', 'zh-CN': '理事会只能经表决行事。' }
    output.result({ seats: rows, rules, isFounding, stoppedUntil: isStopped ? msToDateTime(stoppedUntilMs!) : null }, [
      output.text(state),
      ...(isStopped
        ? [output.text({ en: `STOPPED until ${msToDateTime(stoppedUntilMs!)}`, 'zh-CN': `已停止，至 ${msToDateTime(stoppedUntilMs!)}` })]
        : []),
      ...rows.map(({ name, account, validator }) => `${name.padEnd(16)} ${account}  ${validator ?? '–'}`),
      output.text({
        en: `of ${seats.length}: ${rules.votesNeeded} to agree, ${rules.vetoesNeeded} to veto, ${rules.stopsNeeded} to stop`,
        'zh-CN': `共 ${seats.length} 席：赞成 ${rules.votesNeeded}、否决 ${rules.vetoesNeeded}、停止 ${rules.stopsNeeded}`,
      }),
    ])
  })
}

/** Lists the latest proposals. */
export async function showProposals({ home, output }: Context, { most }: { most: number }): Promise<void> {
  await reading(home, async session => {
    const proposals = await readProposals(session, { most })
    output.result(
      proposals.map(proposal => jsonOf(proposal)),
      proposals.length === 0
        ? [output.text({ en: 'There is none.', 'zh-CN': '暂无议案。' })]
        : proposals.map(proposal => {
            const standing = output.text(standings[standingOfProposal(proposal, Date.now())])
            return `${String(proposal.id).padStart(4)}  ${standing}  ${agreeing(proposal)}  ${proposal.seat}: ${printable(proposal.title)}`
          }),
    )
  })
}

/** Shows what a proposal would do, and who said what. */
export async function showProposal({ home, output }: Context, id: string): Promise<void> {
  await reading(home, async session => {
    const { proposal, calls, standing } = await seeProposal(session, positiveInteger(id))
    const hash = bytesToHex(proposal.payloadHash)
    const time = (texts: Texts, ms: number | null) => (ms === null ? [] : [`${output.text(texts)} ${msToDateTime(ms)}`])
    output.result({ ...jsonOf(proposal), calls }, [
      `${proposal.id}  ${proposal.seat}: ${printable(proposal.title)}`,
      output.text(standings[standing]),
      ...calls.map(({ texts }) => `  → ${output.text(texts)}`),
      ...proposal.votes.map(vote => `  ${vote.seat}: ${output.text(kinds[vote.kind])} ${msToDateTime(vote.timeMs)}`),
      ...time({ en: 'votes until', 'zh-CN': '投票截至' }, proposal.state === 'open' ? proposal.votingEndsMs : null),
      ...time({ en: 'to be executed from', 'zh-CN': '可执行自' }, proposal.executableFromMs),
      ...time({ en: 'and until', 'zh-CN': '可执行至' }, proposal.executableUntilMs),
      ...time({ en: 'vetoed', 'zh-CN': '被否决于' }, proposal.vetoedMs),
      ...time({ en: 'ended', 'zh-CN': '结束于' }, proposal.endedMs),
      `SHA-256 ${hash}`,
    ])
  })
}

function jsonOf(proposal: Proposal): object {
  return { ...proposal, standing: standingOfProposal(proposal, Date.now()), payloadHash: bytesToHex(proposal.payloadHash) }
}

function agreeing({ votes }: Proposal): string {
  return `+${votes.filter(({ kind }) => kind === 'agrees').length} −${votes.filter(({ kind }) => kind === 'against').length}`
}

async function reading(home: Context['home'], run: (session: Session) => Promise<void>): Promise<void> {
  const session = openReadingSession(home)
  try {
    await run(session)
  } finally {
    await session.close()
  }
}
