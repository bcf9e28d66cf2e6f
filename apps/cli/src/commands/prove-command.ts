import { createNodeProver } from '@hufu/circuits/node'
import { writeFileWhole } from '@hufu/files'
import { PresentationError, verifyPresentation } from '@hufu/proofs'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { readText } from '../read-json.ts'
import { receiptLines } from '../receipt-lines.ts'
import { openReadingSession } from '../session.ts'
import { answerQuery } from '../zk/answer-query.ts'
import { replayStoreOf } from '../zk/file-replay-store.ts'
import { ledgerProofChecker } from '../zk/ledger-keys.ts'
import { ledgerRootFinder, openLedgerTrees } from '../zk/ledger-roots.ts'
import { registeredStatement } from '../zk/registered-statement.ts'
import { openWallet } from '../zk/wallet.ts'

interface ChallengeOptions {
  readonly verifier: string
  readonly query: string
  readonly nonce: string
}

/** Adds `hufu prove`. */
export function addProveCommand(program: Command): void {
  addChallengeOptions(
    program
      .command('prove')
      .description(
        help({ en: "answer a verifier's registered query by a zero-knowledge proof", 'zh-CN': '以零知识证明回应验证方已登记的查询' }),
      )
      .requiredOption('--wallet <name>', help({ en: 'whose credential', 'zh-CN': '使用哪个钱包的凭证' }))
      .requiredOption('--out <file>', help({ en: 'where the presentation goes', 'zh-CN': '输出文件' })),
  ).action(action(prove))
}

/** Adds `hufu verify-proof`. */
export function addVerifyProofCommand(program: Command): void {
  addChallengeOptions(
    program
      .command('verify-proof <file>')
      .description(
        help({ en: 'verify such an answer; prints the receipt. Each counts once', 'zh-CN': '验证此类回应并打印回执；每份只计一次' }),
      ),
  ).action(action(verifyProof))
}

function addChallengeOptions(command: Command): Command {
  return command
    .requiredOption('--verifier <did>', help({ en: 'who asks', 'zh-CN': '查询方' }))
    .requiredOption('--query <query>', help({ en: 'which of its registered queries', 'zh-CN': '其已登记的查询' }))
    .requiredOption('--nonce <text>', help({ en: "the verifier's challenge, fresh each time", 'zh-CN': '验证方每次新生成的挑战值' }))
}

async function prove(context: Context, options: ChallengeOptions & { wallet: string; out: string }): Promise<void> {
  const { home, output } = context
  const session = openReadingSession(home)
  const prover = createNodeProver()
  const trees = await openLedgerTrees(session, home)
  try {
    const registered = await registeredStatement(session, options.verifier, options.query)
    const wallet = await openWallet(home.walletsFolder, options.wallet)
    output.progress({ en: 'proving …', 'zh-CN': '正在生成证明…' })
    const startedAt = performance.now()
    const text = await answerQuery(
      { prover, trees, networkName: session.network.name, walletsFolder: home.walletsFolder, wallet },
      registered,
      { verifier: options.verifier, nonce: options.nonce },
    )
    const ms = Math.round(performance.now() - startedAt)
    await writeFileWhole(options.out, text)
    output.result({ out: options.out, milliseconds: ms, characters: text.length }, [
      output.text({ en: `proved in ${ms} ms; written to ${options.out}`, 'zh-CN': `证明用时 ${ms} 毫秒；已写入 ${options.out}` }),
    ])
  } finally {
    prover.close()
    await trees.close()
    await session.close()
  }
}

async function verifyProof(context: Context, file: string, options: ChallengeOptions): Promise<void> {
  const { home, output } = context
  const text = readText(file).trim()
  const session = openReadingSession(home)
  const trees = await openLedgerTrees(session, home)
  try {
    const { statement, layout } = await registeredStatement(session, options.verifier, options.query)
    const { receipt, ...verified } = await verifyPresentation(text, {
      challenge: { verifier: options.verifier, nonce: options.nonce },
      ask: { statement, layout },
      findRoots: ledgerRootFinder(trees, session.network.name),
      checkProofs: await ledgerProofChecker(session),
      replay: replayStoreOf(home, options.verifier),
      acceptPreProved: true,
    })
    output.result({ verdict: 'accepted', ...verified, receipt }, [...receiptLines(receipt, output), JSON.stringify(verified)])
  } catch (error) {
    if (!(error instanceof PresentationError)) throw error
    const { receipt, code, message } = error
    const verdict = code === 'ERR_PROOF_LOOKUP' ? 'undecided' : 'refused'
    output.result({ verdict, error: { code, message }, receipt }, [...receiptLines(receipt, output, verdict), `${code}: ${message}`])
    process.exitCode = 1
  } finally {
    await trees.close()
    await session.close()
  }
}
