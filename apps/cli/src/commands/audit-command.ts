import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { networkOfDid, parseDid } from '@hufu/did'
import { LightClient } from '@hufu/ledger'
import {
  type AuditReport,
  checkAuditLog,
  describeAuditFinding,
  type LedgerAuditAnchor,
  provenAuditAnchors,
  type ReadAuditLog,
  readAuditLog,
  toldAuditAnchors,
} from '@hufu/service'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { readText } from '../read-json.ts'
import { openReadingSession, readNetwork } from '../session.ts'

interface VerifyOptions {
  readonly tokenFile?: string
  readonly did?: string
  readonly node?: boolean
}

/** Exit code where the log is not what it was. */
const brokenExitCode = 2
/** Half a second each: some blocks. */
const attemptsForAnchors = 12

/** Adds `hufu audit`: whether an institution's log is what it was. */
export function addAuditCommand(program: Command): void {
  const audit = program.command('audit').description(help({ en: "an institution's log", 'zh-CN': '机构的审计日志' }))
  audit
    .command('verify <file-or-url>')
    .description(
      help({
        en: 'replay a log and compare it with every head on the ledger; ends with 0: it holds, 2: it does not, 1: that could not be found out',
        'zh-CN': '重放日志并与账本上的每个锚点比对；退出码 0 完好，2 已损坏，1 无法判定',
      }),
    )
    .option(
      '--token-file <file>',
      help({
        en: 'token of an auditor, from POST /staff/tokens, for a running server',
        'zh-CN': '运行中服务器所需的审计员令牌文件（POST /staff/tokens）',
      }),
    )
    .option(
      '--did <did>',
      help({ en: 'whose log it must be (default: whose the log says it is)', 'zh-CN': '日志应属于的 DID（默认：日志自称）' }),
    )
    .option(
      '--node',
      help({ en: "take the nodes' word for what is on the ledger, without proofs", 'zh-CN': '直接采信节点答复，不验证证明' }),
    )
    .action(action(verify))
}

async function verify(context: Context, source: string, options: VerifyOptions): Promise<void> {
  const isUrl = /^https?:\/\//.test(source)
  // The ledger first: whatever it has by then, a running server's log must have.
  const anchorsBefore = isUrl ? await anchorsOf(context, await fetchHead(source), options) : undefined
  const log = readAuditLog(isUrl ? await fetchText(`${baseOf(source)}/audit/export`, options.tokenFile) : readText(source))
  if (options.did !== undefined && log.did !== options.did) throw new CliError('ERR_CLI_USAGE', 'the log is of another DID')
  const anchors = anchorsBefore ?? (await anchorsOf(context, log, options))
  const copy = isUrl ? { ...log.copy, exportedAtMs: undefined } : log.copy
  const checked = await checkPatiently(copy, anchors, () => anchorsOf(context, log, options))
  show(context, log, checked.report, checked.anchors.length)
}

/**
 * A log may tell of an anchor that is younger than what was read, or than what can be proven yet, which trails by a block: it is looked for once more, and some
 * times. Of what was read anew, only what the log claims is added, for it may be older than the rest.
 */
async function checkPatiently(
  copy: ReadAuditLog['copy'],
  anchors: readonly LedgerAuditAnchor[],
  readAgain: () => Promise<readonly LedgerAuditAnchor[]>,
): Promise<{ readonly report: AuditReport; readonly anchors: readonly LedgerAuditAnchor[] }> {
  let known = anchors
  for (let attempt = 0; ; attempt++) {
    const report = checkAuditLog(copy, known)
    if (report.finding?.kind !== 'not-anchored' || attempt === attemptsForAnchors) return { report, anchors: known }
    await sleep(500)
    const claimed = new Set(copy.anchors.map(({ hash }) => hash))
    const before = new Set(known.map(({ hash }) => hash))
    known = [...known, ...(await readAgain()).filter(({ hash }) => claimed.has(hash) && !before.has(hash))]
  }
}

function show({ output }: Context, { did, copy }: ReadAuditLog, report: AuditReport, anchors: number): void {
  const { finding, records, headHash, anchorsMet, anchoredThrough } = report
  if (finding !== null) process.exitCode = brokenExitCode
  const verdict = finding === null ? 'intact' : 'broken'
  const value = { verdict, did, ...report, anchors, exportedAtMs: copy.exportedAtMs }
  const lines = [
    finding === null
      ? output.text({
          en: `INTACT  ${records} records, head ${headHash}`,
          'zh-CN': `完好  ${records} 条记录，链首 ${headHash}`,
        })
      : output.text({ en: `BROKEN  ${describeAuditFinding(finding).en}`, 'zh-CN': `已损坏  ${describeAuditFinding(finding)['zh-CN']}` }),
    output.text({
      en: `${anchorsMet} of ${anchors} heads on the ledger met; they vouch for records up to ${anchoredThrough}`,
      'zh-CN': `账本上 ${anchors} 个锚点中符合 ${anchorsMet} 个，可证明至第 ${anchoredThrough} 条记录`,
    }),
  ]
  output.result(value, lines)
}

async function anchorsOf({ home }: Context, { did, list }: { readonly did: string; readonly list: string }, { node }: VerifyOptions) {
  const network = readNetwork(home)
  if (networkOfDid(parseDid(did)) !== network.name)
    throw new CliError('ERR_CLI_NETWORK', `expected the log of a DID of network ${network.name}`)
  if (node !== true) return provenAuditAnchors(new LightClient({ network }), network, did, list)
  const session = openReadingSession(home)
  try {
    return await toldAuditAnchors(session.client, network, did, list)
  } finally {
    await session.close()
  }
}

async function fetchHead(source: string): Promise<{ did: string; list: string }> {
  const { did, list } = JSON.parse(await fetchText(`${baseOf(source)}/audit/head`, undefined)) as { did?: unknown; list?: unknown }
  if (typeof did !== 'string' || typeof list !== 'string')
    throw new CliError('ERR_CLI_SERVER', 'expected the server to say whose log it has')
  return { did, list }
}

async function fetchText(url: string, tokenFile: string | undefined): Promise<string> {
  const headers = tokenFile === undefined ? {} : { authorization: `Bearer ${readFileSync(tokenFile, 'utf8').trim()}` }
  const answer = await fetch(url, { headers, redirect: 'error' }).catch(cause => {
    throw new CliError('ERR_CLI_SERVER', 'the server did not answer', { cause })
  })
  if (answer.status === 401) throw new CliError('ERR_CLI_SERVER', 'the server asks for a token of an auditor: --token-file')
  if (!answer.ok) throw new CliError('ERR_CLI_SERVER', `the server answered with status ${answer.status}`)
  return answer.text()
}

function baseOf(source: string): string {
  return source.replace(/\/(audit(\/(export|head|entries))?\/?)?$/, '')
}
