import { foundingWriter, payloadHash, proposalIdOf, proposingWriter, readCouncil, readProposal, standingOfProposal } from '@hufu/council'
import type { Account, Write } from '@hufu/ledger'
import { bytesToHex, msToDateTime } from '@hufu/primitives'
import type { TrustLedger } from '@hufu/trust'
import type { Command } from 'commander'
import { type Context, help } from '../command.ts'
import { localCommittee, openWritingSession, type Session } from '../session.ts'
import { type KeyOptions, localSponsor, proposingSeat, seatAccount } from './council-keys.ts'
import { fitTitle } from './fit-title.ts'

/** Options of commands that do what only the council may, which after the founding are a proposal. */
export interface ProposalOptions extends KeyOptions {
  readonly seat?: string
  readonly title?: string
  readonly again?: string
}

/** Adds {@link ProposalOptions} to a command. */
export function withProposalOptions(command: Command): Command {
  return command
    .option('--seat <name>', help({ en: 'seat that proposes it, once the founding is over', 'zh-CN': '创建阶段结束后，提出议案的席位' }))
    .option('--title <text>', help({ en: 'title of the proposal', 'zh-CN': '议案标题' }))
    .option(
      '--again <name>',
      help({ en: 'propose it once more, after an earlier proposal of the same came to nothing', 'zh-CN': '先前相同议案未成时再次提出' }),
    )
    .option(
      '--key <wallet>',
      help({ en: "the seat's wallet (NEP-6), if it is not on a local network", 'zh-CN': '席位钱包文件（NEP-6），非本地网络时使用' }),
    )
    .option('--password-file <file>', help({ en: "the wallet's password", 'zh-CN': '钱包密码文件' }))
}

/** How a command acts as the council. */
export interface CouncilTurn {
  readonly session: Session
  /** Writes as the council, or proposes. */
  readonly ledger: TrustLedger
  readonly account: Account
  readonly isFounding: boolean
  /** Waits until a write is durable, and says what became of it. */
  settle(write: Write): Promise<CouncilOutcome>
}

/** What became of a write as the council: it was done, or it is proposed. */
export interface CouncilOutcome {
  /** For programs. */
  readonly value: Readonly<Record<string, unknown>>
  readonly lines: readonly string[]
}

/** Acts as the council: while the network is founded at once, by the local committee; after that by proposing. */
export async function asCouncil(
  context: Context,
  options: ProposalOptions,
  title: string,
  run: (turn: CouncilTurn) => Promise<void>,
): Promise<void> {
  const session = await openWritingSession(context.home)
  try {
    const { isFounding } = await readCouncil(session)
    await run(isFounding ? await foundingTurn(context, session) : await proposingTurn(context, session, options, title))
  } finally {
    await session.close()
  }
}

/** One write as the council, with its result. */
export function actAsCouncil(
  context: Context,
  options: ProposalOptions,
  title: string,
  write: (ledger: TrustLedger, signing: { account: Account }) => Promise<Write>,
): Promise<void> {
  return asCouncil(context, options, title, async ({ ledger, account, settle }) => {
    const { value, lines } = await settle(await write(ledger, { account }))
    context.output.result(value, lines)
  })
}

async function foundingTurn({ home, output }: Context, session: Session): Promise<CouncilTurn> {
  return {
    session,
    ledger: { client: foundingWriter(session.client, session.network.contracts.council.hash), network: session.network },
    account: await localCommittee(home),
    isFounding: true,
    async settle(write) {
      const { transactionHash, blockIndex, blockTimeMs } = await write.durable()
      const text = output.text({ en: `done, durable in block ${blockIndex}`, 'zh-CN': `完成，已持久化于区块 ${blockIndex}` })
      return { value: { transaction: transactionHash, block: blockIndex, time: msToDateTime(blockTimeMs) }, lines: [text] }
    },
  }
}

async function proposingTurn({ home, output }: Context, session: Session, options: ProposalOptions, title: string): Promise<CouncilTurn> {
  const seat = await proposingSeat(home, options.seat)
  const account = await seatAccount(home, seat, options)
  const sponsor = await localSponsor(home)
  const proposer = {
    seat,
    account,
    ...sponsor,
    title: options.title ?? fitTitle(title),
    ...(options.again === undefined ? {} : { again: options.again }),
  }
  return {
    session,
    ledger: { client: proposingWriter(session, proposer), network: session.network },
    account,
    isFounding: false,
    async settle(write) {
      const outcome = await write.durable()
      const id = proposalIdOf(outcome)
      const { proposal, payload } = await readProposal(session, id)
      const hash = bytesToHex(payloadHash(payload))
      const votingEnds = msToDateTime(proposal.votingEndsMs)
      const standing = standingOfProposal(proposal, Date.now())
      if (standing !== 'open')
        output.note({
          en: `This was proposed before, and is ${standing}; --again NAME proposes it once more.`,
          'zh-CN': `此前已提出，状态：${standing}；可用 --again NAME 再次提出。`,
        })
      const value = {
        proposal: id,
        seat,
        standing,
        payloadHash: hash,
        votingEnds,
        transaction: outcome.transactionHash,
        block: outcome.blockIndex,
      }
      const text = output.text({
        en: `The founding is over, so this is a proposal: number ${id} of seat ${seat}, open until ${votingEnds}. To vote: hufu council show ${id}, then hufu council vote ${id} --seat NAME --payload ${hash.slice(0, 16)}`,
        'zh-CN': `创建阶段已结束，因此提交为议案：席位 ${seat} 的第 ${id} 号议案，投票截至 ${votingEnds}。表决：先 hufu council show ${id}，再 hufu council vote ${id} --seat NAME --payload ${hash.slice(0, 16)}`,
      })
      return { value, lines: [text] }
    },
  }
}
