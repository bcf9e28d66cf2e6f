import {
  CouncilError,
  castVote,
  executeProposal,
  payloadHash,
  printable,
  proposalIdOf,
  propose,
  readCouncil,
  requestStop,
  retractVote,
  vetoProposal,
  withdrawProposal,
} from '@hufu/council'
import type { Write } from '@hufu/ledger'
import { bytesToHex, msToDateTime } from '@hufu/primitives'
import { grantReasons } from '@hufu/trust'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { type KeyOptions, localSponsor, seatAccount } from '../council/council-keys.ts'
import { endFoundingHere } from '../council/end-founding-here.ts'
import { fitTitle } from '../council/fit-title.ts'
import { changeLines, councilChanges, parseChange } from '../council/parse-change.ts'
import { type SeenProposal, seeProposal } from '../council/see-proposal.ts'
import { showCouncil, showProposal, showProposals } from '../council/show-council.ts'
import { CliError } from '../errors.ts'
import { integer, positiveInteger } from '../option-values.ts'
import { openWritingSession, type Session } from '../session.ts'
import { addCollectCommand } from './collect-command.ts'

interface SeatOptions extends KeyOptions {
  readonly seat: string
}

interface PayloadOption {
  readonly payload?: string
}

/** Adds `hufu council`. */
export function addCouncilCommand(program: Command): void {
  const council = program.command('council').description(
    help({
      en: 'what the cities decide together: trust roots, queries, verifying keys, seats, validators',
      'zh-CN': '各城市共同决定之事：信任根、查询、验证密钥、席位与验证节点',
    }),
  )
  council
    .command('seats')
    .description(help({ en: 'who sits in the council, and by which rules it decides', 'zh-CN': '理事会席位与议事规则' }))
    .action(action(showCouncil))
  council
    .command('list')
    .description(help({ en: 'the latest proposals', 'zh-CN': '最近的议案' }))
    .option('--most <n>', help({ en: 'at most so many (default: 20)', 'zh-CN': '最多条数（默认 20）' }), integer(1, 200), 20)
    .action(action(showProposals))
  council
    .command('show <id>')
    .description(help({ en: 'what a proposal would do, and who said what', 'zh-CN': '议案的作用与各席位的表态' }))
    .action(action(showProposal))
  withSeat(
    council
      .command('propose <change> [values...]')
      .description(`${help({ en: 'ask the council to change something:', 'zh-CN': '提出议案：' })}\n${changeLines(councilChanges)}`)
      .requiredOption(
        '--title <text>',
        help({ en: 'at most 128 bytes, without personal data', 'zh-CN': '不超过 128 字节，不得含个人信息' }),
      )
      .option('--attempt <name>', help({ en: 'tells this request from an earlier one of the same', 'zh-CN': '区分相同的先前请求' }), '1'),
  ).action(action(proposeChange))
  withPayload(withSeat(council.command('vote <id>').description(help({ en: 'agree to a proposal, or not', 'zh-CN': '对议案投票' }))))
    .option('--against', help({ en: 'do not agree', 'zh-CN': '反对' }))
    .option('--unknown-calls', help({ en: 'agree although not all of it is understood', 'zh-CN': '即使含未知调用也赞成' }))
    .action(action(vote))
  withPayload(
    withSeat(council.command('veto <id>').description(help({ en: 'call for a longer delay', 'zh-CN': '否决，要求更长的等待期' }))),
  ).action(action(veto))
  withSeat(council.command('retract <id>').description(help({ en: 'take an agreeing vote back', 'zh-CN': '撤回赞成票' }))).action(
    action(retract),
  )
  withSeat(council.command('withdraw <id>').description(help({ en: 'end a proposal of your own', 'zh-CN': '撤回自己的议案' }))).action(
    action(withdraw),
  )
  withPayload(
    withSeat(
      council.command('execute <id>').description(help({ en: 'do what has passed, after the delay', 'zh-CN': '等待期后执行已通过的议案' })),
    ),
  ).action(action(execute))
  withSeat(
    council
      .command('stop')
      .description(
        help({
          en: 'ask for an emergency stop: nothing new is granted, issued or spent until it ends by itself',
          'zh-CN': '请求紧急停止：到期自动解除前不再新授权、新签发或核销',
        }),
      )
      .requiredOption(
        '--reason <code>',
        `0–9999; ${Object.entries(grantReasons)
          .map(([reason, code]) => `${code} ${reason}`)
          .join(', ')}`,
        integer(0, 9999),
      )
      .requiredOption('--attempt <name>', help({ en: 'case number, without personal data', 'zh-CN': '案件编号，不得含个人信息' })),
  ).action(action(stop))
  council
    .command('end-founding')
    .description(
      help({
        en: 'end the founding of the local network for good: from then on the council acts by votes alone',
        'zh-CN': '永久结束本地网络的创建阶段：此后理事会只能经表决行事',
      }),
    )
    .action(action(endFoundingHere))
  addCollectCommand(council)
}

function withSeat(command: Command): Command {
  return command
    .requiredOption('--seat <name>', help({ en: 'which seat acts', 'zh-CN': '行事的席位' }))
    .option(
      '--key <wallet>',
      help({ en: "the seat's wallet (NEP-6), if it is not on a local network", 'zh-CN': '席位钱包文件（NEP-6），非本地网络时使用' }),
    )
    .option('--password-file <file>', help({ en: "the wallet's password", 'zh-CN': '钱包密码文件' }))
}

function withPayload(command: Command): Command {
  return command.option(
    '--payload <hash>',
    help({
      en: 'hash of what you have seen, or its first 8 digits or more: for nothing else does your word count',
      'zh-CN': '所见内容的哈希（至少前 8 位）：您的表态只对其有效',
    }),
  )
}

async function proposeChange(
  context: Context,
  change: string,
  values: readonly string[],
  options: SeatOptions & { title: string; attempt: string },
): Promise<void> {
  await withSession(context, async session => {
    const { rules } = await readCouncil(session)
    const calls = parseChange(councilChanges, change, values, { network: session.network, rules })
    const { title, attempt } = options
    if (fitTitle(title) !== title) throw new CliError('ERR_CLI_USAGE', '--title: expected at most 128 bytes')
    const write = await propose(session, { ...(await signing(context, options)), title, calls, attempt })
    const outcome = await write.durable()
    const id = proposalIdOf(outcome)
    const seen = await seeProposal(session, id)
    const hash = bytesToHex(seen.proposal.payloadHash)
    if (seen.standing !== 'open')
      context.output.note({
        en: `This was proposed before, and is ${seen.standing}; --attempt NAME proposes it once more.`,
        'zh-CN': `此前已提出，状态：${seen.standing}；可用 --attempt NAME 再次提出。`,
      })
    context.output.result(
      { proposal: id, payloadHash: hash, votingEnds: msToDateTime(seen.proposal.votingEndsMs), transaction: outcome.transactionHash },
      [
        ...seen.calls.map(({ texts }) => context.output.text(texts)),
        context.output.text({
          en: `proposal ${id}, open until ${msToDateTime(seen.proposal.votingEndsMs)}; hash ${hash}`,
          'zh-CN': `第 ${id} 号议案，投票截至 ${msToDateTime(seen.proposal.votingEndsMs)}；哈希 ${hash}`,
        }),
      ],
    )
  })
}

async function vote(
  context: Context,
  id: string,
  options: SeatOptions & PayloadOption & { against?: boolean; unknownCalls?: boolean },
): Promise<void> {
  await answer(context, id, options, async (session, seen, signed) => {
    const agrees = options.against !== true
    if (agrees && options.unknownCalls !== true && seen.calls.some(({ known }) => !known))
      throw new CliError('ERR_CLI_USAGE', 'the proposal makes a call that is not known here: find out what it does, then --unknown-calls')
    return castVote(session, { ...signed, id: seen.proposal.id, payloadHash: payloadHash(seen.payload), agrees })
  })
}

async function veto(context: Context, id: string, options: SeatOptions & PayloadOption): Promise<void> {
  await answer(context, id, options, (session, seen, signed) =>
    vetoProposal(session, { ...signed, id: seen.proposal.id, payloadHash: payloadHash(seen.payload) }),
  )
}

async function execute(context: Context, id: string, options: SeatOptions & PayloadOption): Promise<void> {
  await answer(context, id, options, async (session, seen, signed) => {
    try {
      return await executeProposal(session, { ...signed, id: seen.proposal.id, payloadHash: payloadHash(seen.payload) })
    } catch (error) {
      const { reason } = ((error as Error).cause ?? {}) as { reason?: unknown }
      if (error instanceof CouncilError && error.code === 'ERR_COUNCIL_CALL' && typeof reason === 'string')
        context.output.note({ en: `The contract says: ${printable(reason)}`, 'zh-CN': `合约答复：${printable(reason)}` })
      throw error
    }
  })
}

async function retract(context: Context, id: string, options: SeatOptions): Promise<void> {
  await answer(context, id, options, (session, seen, signed) => retractVote(session, { ...signed, id: seen.proposal.id }))
}

async function withdraw(context: Context, id: string, options: SeatOptions): Promise<void> {
  await answer(context, id, options, (session, seen, signed) => withdrawProposal(session, { ...signed, id: seen.proposal.id }))
}

async function stop(context: Context, options: SeatOptions & { reason: number; attempt: string }): Promise<void> {
  await withSession(context, async session => {
    const { reason, attempt } = options
    const write = await requestStop(session, { ...(await signing(context, options)), reason, attempt })
    const { transactionHash, blockIndex } = await write.durable()
    const { isStopped, stoppedUntilMs } = await readCouncil(session)
    const until = isStopped ? msToDateTime(stoppedUntilMs!) : null
    context.output.result({ stoppedUntil: until, transaction: transactionHash, block: blockIndex }, [
      context.output.text(
        until === null
          ? { en: 'asked for; too few seats do so far', 'zh-CN': '已请求；目前请求的席位尚不足' }
          : { en: `STOPPED until ${until}`, 'zh-CN': `已停止，至 ${until}` },
      ),
    ])
  })
}

type Signing = Awaited<ReturnType<typeof signing>>

/** A seat's word on a proposal: shows what it is about, then writes it. */
async function answer(
  context: Context,
  id: string,
  options: SeatOptions & PayloadOption,
  run: (session: Session, seen: SeenProposal, signed: Signing) => Promise<Write>,
): Promise<void> {
  const { output } = context
  await withSession(context, async session => {
    const seen = await seeProposal(session, positiveInteger(id))
    requirePayload(bytesToHex(seen.proposal.payloadHash), options.payload)
    for (const { texts } of seen.calls) output.note(texts)
    const write = await run(session, seen, await signing(context, options))
    const { transactionHash, blockIndex } = await write.durable()
    const { standing } = await seeProposal(session, seen.proposal.id)
    output.result({ proposal: seen.proposal.id, seat: options.seat, standing, transaction: transactionHash, block: blockIndex }, [
      output.text({
        en: `done, durable in block ${blockIndex}; the proposal is ${standing}`,
        'zh-CN': `完成，已持久化于区块 ${blockIndex}；议案状态：${standing}`,
      }),
    ])
  })
}

function requirePayload(hash: string, given: string | undefined): void {
  if (given === undefined) return
  if (!/^[0-9a-f]{8,64}$/.test(given)) throw new CliError('ERR_CLI_USAGE', '--payload: expected 8 to 64 hexadecimal digits')
  if (!hash.startsWith(given)) throw new CliError('ERR_CLI_USAGE', '--payload: the proposal holds something else than what you have seen')
}

async function signing({ home }: Context, options: SeatOptions) {
  return { seat: options.seat, account: await seatAccount(home, options.seat, options), ...(await localSponsor(home)) }
}

async function withSession(context: Context, run: (session: Session) => Promise<void>): Promise<void> {
  const session = await openWritingSession(context.home)
  try {
    await run(session)
  } finally {
    await session.close()
  }
}
