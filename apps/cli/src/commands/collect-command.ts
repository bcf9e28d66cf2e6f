import {
  type Collection,
  type CollectionWithTransaction,
  describeTransaction,
  openCollection,
  readCollection,
  readCollections,
  readCommittee,
  readCouncil,
  sendCollection,
  signCollection,
} from '@hufu/council'
import { asNumber } from '@hufu/ledger'
import { bytesToHex, msToDateTime, reverseBytes } from '@hufu/primitives'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { type KeyOptions, localSponsor, memberSigner } from '../council/council-keys.ts'
import { changeLines, committeeChanges, parseChange } from '../council/parse-change.ts'
import { CliError } from '../errors.ts'
import { integer, positiveInteger } from '../option-values.ts'
import { openReadingSession, openWritingSession, type Session } from '../session.ts'

interface MemberOptions extends KeyOptions {
  readonly as?: string
}

const defaultValidBlocks = 40_000

/** Adds `hufu council collect`: the committee signs a change of the ledger itself, and nobody passes a file around. */
export function addCollectCommand(council: Command): void {
  const collect = council.command('collect').description(
    help({
      en: "changes of the ledger itself, for which its committee's signatures are gathered on the ledger",
      'zh-CN': '账本自身的变更：在账本上收集委员会签名',
    }),
  )
  withMember(
    collect
      .command('open <change> [values...]')
      .description(
        `${help({ en: 'build the transaction and begin to gather:', 'zh-CN': '生成交易并开始收集：' })}\n${changeLines(committeeChanges)}`,
      )
      .option(
        '--valid-blocks <n>',
        help({
          en: `blocks in which it may land (default: ${defaultValidBlocks})`,
          'zh-CN': `可入块的区块数（默认 ${defaultValidBlocks}）`,
        }),
        integer(1, 86_400),
        defaultValidBlocks,
      ),
  ).action(action(open))
  withMember(
    collect
      .command('sign <id>')
      .description(help({ en: 'sign what is shown', 'zh-CN': '签名' }))
      .requiredOption(
        '--transaction <hash>',
        help({ en: 'hash of what you have seen, or its first 8 digits or more', 'zh-CN': '所见交易的哈希（至少前 8 位）' }),
      )
      .option('--unknown-calls', help({ en: 'sign although not all of it is understood', 'zh-CN': '即使含未知调用也签名' })),
  ).action(action(sign))
  collect
    .command('send <id>')
    .description(help({ en: 'send it, once enough members have signed; anybody can', 'zh-CN': '签名足够后发送，任何人均可' }))
    .action(action(send))
  collect
    .command('show <id>')
    .description(help({ en: 'what it does, and who signed', 'zh-CN': '交易作用与已签名者' }))
    .action(action(show))
  collect
    .command('list')
    .description(help({ en: 'the latest', 'zh-CN': '最近的收集' }))
    .action(action(list))
}

function withMember(command: Command): Command {
  return command
    .option('--as <validator>', help({ en: 'member: a validator of the local network', 'zh-CN': '成员：本地网络的验证节点' }))
    .option(
      '--key <wallet>',
      help({ en: "the validator's wallet (NEP-6), elsewhere", 'zh-CN': '验证节点钱包文件（NEP-6），非本地网络时使用' }),
    )
    .option('--password-file <file>', help({ en: "the wallet's password", 'zh-CN': '钱包密码文件' }))
}

async function open(
  context: Context,
  change: string,
  values: readonly string[],
  options: MemberOptions & { validBlocks: number },
): Promise<void> {
  await writing(context, async session => {
    const { rules } = await readCouncil(session)
    const calls = parseChange(committeeChanges, change, values, { network: session.network, rules })
    const signer = await memberSigner(context.home, options.as, options)
    const paid = await localSponsor(context.home)
    const outcome = await (await openCollection(session, { signer, ...paid, calls, validBlocks: options.validBlocks })).durable()
    await showOne(context, session, asNumber(outcome.results[0]))
  })
}

async function sign(context: Context, id: string, options: MemberOptions & { transaction: string; unknownCalls?: boolean }): Promise<void> {
  await writing(context, async session => {
    const seen = await readCollection(session, positiveInteger(id))
    if (!/^[0-9a-f]{8,64}$/.test(options.transaction) || !hashOf(seen.collection).startsWith(options.transaction))
      throw new CliError('ERR_CLI_USAGE', '--transaction: the collection holds another transaction than you have seen')
    const { calls } = await describe(session, seen)
    for (const { texts } of calls) context.output.note(texts)
    if (options.unknownCalls !== true && calls.some(({ known }) => !known))
      throw new CliError('ERR_CLI_USAGE', 'it makes a call that is not known here: find out what it does, then --unknown-calls')
    const signer = await memberSigner(context.home, options.as, options)
    const paid = await localSponsor(context.home)
    await (await signCollection(session, { signer, ...paid, id: seen.collection.id, transaction: seen.transaction })).durable()
    await showOne(context, session, seen.collection.id)
  })
}

async function send(context: Context, id: string): Promise<void> {
  const { output } = context
  await writing(context, async session => {
    const { transactionHash, blockIndex } = await (await sendCollection(session, positiveInteger(id))).durable()
    output.result({ collection: Number(id), transaction: transactionHash, block: blockIndex }, [
      output.text({ en: `done, durable in block ${blockIndex}`, 'zh-CN': `完成，已持久化于区块 ${blockIndex}` }),
    ])
  })
}

async function show(context: Context, id: string): Promise<void> {
  await readingSession(context, session => showOne(context, session, positiveInteger(id)))
}

async function list(context: Context): Promise<void> {
  const { output } = context
  await readingSession(context, async session => {
    const collections = await readCollections(session)
    output.result(
      collections.map(jsonOf),
      collections.length === 0
        ? [output.text({ en: 'There is none.', 'zh-CN': '暂无。' })]
        : collections.map(
            each => `${String(each.id).padStart(4)}  ${each.signatures.length}  ${msToDateTime(each.timeMs)}  ${hashOf(each)}`,
          ),
    )
  })
}

async function showOne({ output }: Context, session: Session, id: number): Promise<void> {
  const seen = await readCollection(session, id)
  const { collection } = seen
  const { calls, signers, validUntilBlock, feeDatoshi } = await describe(session, seen)
  const { threshold } = await readCommittee(session.client)
  const value = { ...jsonOf(collection), needed: threshold, validUntilBlock, feeDatoshi: String(feeDatoshi), calls, signers }
  output.result(value, [
    `${collection.id}  ${hashOf(collection)}`,
    ...calls.map(({ texts }) => `  → ${output.text(texts)}`),
    ...signers.map(texts => `  ${output.text(texts)}`),
    output.text({
      en: `${collection.signatures.length} of ${threshold} signatures; it may land until block ${validUntilBlock}`,
      'zh-CN': `签名 ${collection.signatures.length} / ${threshold}；最迟区块 ${validUntilBlock}`,
    }),
    ...collection.signatures.map(({ member, timeMs }) => `  ${member} ${msToDateTime(timeMs)}`),
  ])
}

async function describe(session: Session, { transaction }: CollectionWithTransaction) {
  const { seats, rules } = await readCouncil(session)
  return describeTransaction(transaction, { network: session.network, seats, rules })
}

/** As explorers show it: big-endian. */
function hashOf({ transactionHash }: Collection): string {
  return bytesToHex(reverseBytes(transactionHash))
}

function jsonOf(collection: Collection) {
  const { id, opener, timeMs, signatures } = collection
  return {
    collection: id,
    transaction: hashOf(collection),
    opener,
    opened: msToDateTime(timeMs),
    signed: signatures.map(({ member }) => member),
  }
}

async function writing({ home }: Context, run: (session: Session) => Promise<void>): Promise<void> {
  const session = await openWritingSession(home)
  try {
    await run(session)
  } finally {
    await session.close()
  }
}

async function readingSession({ home }: Context, run: (session: Session) => Promise<void>): Promise<void> {
  const session = openReadingSession(home)
  try {
    await run(session)
  } finally {
    await session.close()
  }
}
