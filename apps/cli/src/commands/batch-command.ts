import { createReadStream, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileWhole } from '@hufu/files'
import { batchTypes, csvReport, jsonReport, type Problem, rules } from '@hufu/records'
import { type City, cities } from '@hufu/samples'
import { ledgerTrustSource, validateClaims } from '@hufu/trust'
import { type Command, InvalidArgumentError } from 'commander'
import { type BatchCounts, issueResidents } from '../batch/issue-residents.ts'
import { Outgoing } from '../batch/outgoing.ts'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { type Identity, loadIdentity } from '../identity.ts'
import { openDesk } from '../open-desk.ts'
import { localCommittee, openWritingSession, type Session } from '../session.ts'
import { defaultStatusBaseUrl, publishAndAnchor } from './credential-command.ts'

interface BatchOptions {
  readonly as: string
  readonly type: string
  readonly city: City
  readonly out: string
  readonly errors?: string
  readonly statusBaseUrl: string
}

const shownProblems = 20

/** Adds `hufu batch`. */
export function addBatchCommand(program: Command): void {
  const batch = program
    .command('batch')
    .description(help({ en: 'credentials from a file of residents', 'zh-CN': '由居民文件批量签发凭证' }))
  batch
    .command('issue <file>')
    .description(
      help({
        en: 'check every row, issue a credential from each good one, once; can be stopped and run again',
        'zh-CN': '逐行检查，每个合格行签发一张凭证且仅一次；可中断后重新运行',
      }),
    )
    .requiredOption('--as <identity>', help({ en: 'issuing bureau', 'zh-CN': '签发机构' }))
    .requiredOption('--type <type>', batchTypes.join(', '), batchType)
    .requiredOption('--city <name>', help({ en: "the bureau's city", 'zh-CN': '机构所在城市' }), cityOf)
    .requiredOption('--out <file>', help({ en: 'credentials, a JSON object a line', 'zh-CN': '凭证输出文件，每行一个 JSON 对象' }))
    .option('--errors <file>', help({ en: 'report of bad rows, .csv or .json', 'zh-CN': '错误行报告，.csv 或 .json' }))
    .option(
      '--status-base-url <url>',
      help({ en: 'where the institution server gives out status lists', 'zh-CN': '机构服务器发布状态列表的地址' }),
      defaultStatusBaseUrl,
    )
    .action(action(issue))
}

async function issue(context: Context, file: string, options: BatchOptions): Promise<void> {
  const { home, output } = context
  if (!existsSync(file)) throw new CliError('ERR_CLI_FILE', `file ${file} cannot be read`)
  const identity = await loadIdentity(home.identitiesFolder, options.as)
  const session = await openWritingSession(home)
  try {
    const { counts, problems } = await issueFile(context, session, identity, { ...options, file })
    if (options.errors !== undefined) await writeReport(options.errors, problems)
    const shown = options.errors === undefined ? problems.slice(0, shownProblems).map(problem => problemLine(problem, output.language)) : []
    const more =
      options.errors === undefined && problems.length > shownProblems ? [`… ${problems.length - shownProblems}; --errors FILE`] : []
    output.result({ ...counts, problems: problems.length }, [
      ...shown,
      ...more,
      output.text({
        en: `${counts.issued} issued, ${counts.unchanged} issued before, ${counts.passedOver} without such a credential, ${counts.bad} bad rows${counts.stopped ? '; stopped: run it again to go on' : ''}`,
        'zh-CN': `签发 ${counts.issued}，此前已签发 ${counts.unchanged}，无此类凭证 ${counts.passedOver}，错误行 ${counts.bad}${counts.stopped ? '；已中断：重新运行即可继续' : ''}`,
      }),
    ])
    if (counts.bad > 0 || counts.stopped) process.exitCode = 1
  } finally {
    await session.close()
  }
}

/** Issues from a file, publishes the status lists and anchors them; returns once that is durable. */
export async function issueFile(
  { home, output, signal }: Context,
  session: Session,
  identity: Identity,
  options: Pick<BatchOptions, 'type' | 'city' | 'out' | 'statusBaseUrl'> & { readonly file: string },
): Promise<{ counts: BatchCounts & { readonly stopped: boolean }; problems: readonly Problem[] }> {
  const open = await openDesk(home, identity, options.statusBaseUrl)
  mkdirSync(join(home.issuersFolder, identity.name), { recursive: true })
  const outgoing = await Outgoing.open(join(home.issuersFolder, identity.name, 'outgoing.journal'), options.out)
  try {
    const source = ledgerTrustSource(session.client, session.network)
    // One version of the schema for the whole run, read once.
    const type = await source.findCredentialType(options.type, 'latest')
    const pinned = { ...source, findCredentialType: async () => type }
    const problems: Problem[] = []
    const counts = await issueResidents({
      chunks: createReadStream(options.file),
      policy: { city: options.city.code, divisions: new Set(cities.flatMap(city => city.divisions.map(division => division.code))) },
      credentialType: options.type,
      desk: open.desk,
      outgoing,
      validate: claims => validateClaims(pinned, options.type, claims),
      onProblem: problem => problems.push(problem),
      onProgress: ({ rows, rowsPerSecond, remainingMs }) =>
        output.progress({
          en: `${rows} rows, ${Math.round(rowsPerSecond)} a second${remainingMs === null ? '' : `, ${Math.ceil(remainingMs / 1000)} s left`}`,
          'zh-CN': `${rows} 行，每秒 ${Math.round(rowsPerSecond)} 行${remainingMs === null ? '' : `，剩余 ${Math.ceil(remainingMs / 1000)} 秒`}`,
        }),
      totalRows: (await countLines(options.file)) - 1,
      signal,
    })
    for (const other of await outgoing.deliver()) {
      output.note({
        en: `credentials of an earlier run that was interrupted still wait for ${other}: run it again with --out ${other}`,
        'zh-CN': `此前中断的批次仍有凭证待写入 ${other}：请以 --out ${other} 重新运行`,
      })
    }
    if (counts.issued > 0) await publishAndAnchor(session, open, identity, await localCommittee(home))
    return { counts, problems }
  } finally {
    await outgoing.close()
    await open.close()
  }
}

async function writeReport(file: string, problems: readonly Problem[]): Promise<void> {
  const pieces: string[] = []
  for await (const piece of file.endsWith('.json') ? jsonReport(problems) : csvReport(problems)) pieces.push(piece)
  await writeFileWhole(file, pieces.join(''), 0o644)
}

function problemLine({ line, column, rule }: Problem, language: 'en' | 'zh-CN'): string {
  const { message, fix } = rules[rule]
  return `${line}:${column.number} ${column.name === '' ? '' : `${column.name}: `}${message[language]} [${rule}] → ${fix[language]}`
}

async function countLines(file: string): Promise<number> {
  let lines = 0
  for await (const chunk of createReadStream(file)) for (const byte of chunk as Uint8Array) if (byte === 0x0a) lines++
  return lines
}

function batchType(text: string): string {
  if (!batchTypes.includes(text)) throw new InvalidArgumentError(`expected one of ${batchTypes.join(', ')}`)
  return text
}

function cityOf(text: string): City {
  const city = cities.find(({ slug, code }) => slug === text || code === text)
  if (city === undefined) throw new InvalidArgumentError(`expected one of ${cities.map(({ slug }) => slug).join(', ')}`)
  return city
}
