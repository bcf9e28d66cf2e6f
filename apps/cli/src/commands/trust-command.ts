import { accountOfDid, parseDid } from '@hufu/did'
import type { Account, ScriptHash, Write } from '@hufu/ledger'
import { bytesToHex, bytesToUtf8, msToDateTime, parseJson } from '@hufu/primitives'
import {
  accreditIssuer,
  addAuthority,
  addInstitution,
  type GrantEvidence,
  type GrantKey,
  grantReasons,
  ledgerTrustSource,
  mayAsk,
  mayIssue,
  registerCredentialType,
  registerQuery,
  reinstateGrant,
  revokeGrant,
  standingOf,
  suspendGrant,
  type TrustLedger,
} from '@hufu/trust'
import { type Command, InvalidArgumentError } from 'commander'
import { action, type Context, help } from '../command.ts'
import { actAsCouncil, type ProposalOptions, withProposalOptions } from '../council/act-as-council.ts'
import { CliError } from '../errors.ts'
import { loadIdentity } from '../identity.ts'
import { integer, positiveInteger, time } from '../option-values.ts'
import { readJson } from '../read-json.ts'
import { localCommittee, openReadingSession, openWritingSession } from '../session.ts'
import { addTrustExportCommand } from './trust-export-command.ts'

/** Who acts: the council, or an identity. */
const council = 'council'

interface UntilOption {
  readonly until?: number
}

interface ChangeOptions extends ProposalOptions {
  readonly as: string
  readonly reason: number
  readonly attempt: string
}

/** Adds `hufu trust`. */
export function addTrustCommand(program: Command): void {
  const trust = program.command('trust').description(
    help({
      en: 'who is trusted for what: authorities, institutions, rights, types, queries',
      'zh-CN': '信任登记：主管机关、机构、权限、凭证类型与查询',
    }),
  )
  const authority = [
    '--authority <identity>',
    help({ en: 'authority that grants it, and signs', 'zh-CN': '授权并签名的主管机关' }),
  ] as const
  const until = ['--until <time>', help({ en: 'first moment at which it no longer counts', 'zh-CN': '失效时刻' }), time] as const
  withProposalOptions(
    trust
      .command('add-authority <did>')
      .description(help({ en: 'make it an authority of a region (the council decides)', 'zh-CN': '设为某地区的主管机关（由理事会决定）' }))
      .requiredOption('--region <code>', help({ en: 'division code', 'zh-CN': '行政区划代码' }))
      .option(...until),
  ).action(action(authorityAdd))
  trust
    .command('add-institution <did>')
    .description(help({ en: 'make it an institution under an authority', 'zh-CN': '设为主管机关下属机构' }))
    .requiredOption(...authority)
    .requiredOption(
      '--kind <kind>',
      help({ en: 'such as bureau, bank, hospital, transport', 'zh-CN': '如 bureau、bank、hospital、transport' }),
    )
    .option(...until)
    .action(action(institutionAdd))
  trust
    .command('accredit <did>')
    .description(help({ en: 'let it issue a credential type', 'zh-CN': '准许签发某类凭证' }))
    .requiredOption('--type <type>', help({ en: 'credential type', 'zh-CN': '凭证类型' }))
    .requiredOption(...authority)
    .option(...until)
    .action(action(accredit))
  withProposalOptions(
    trust
      .command('register-type <type>')
      .description(
        help({ en: 'add the next version of a credential type (the council decides)', 'zh-CN': '登记凭证类型的下一版本（由理事会决定）' }),
      )
      .requiredOption('--schema <file>', 'JSON Schema 2020-12')
      .requiredOption('--type-version <n>', help({ en: 'latest version plus one', 'zh-CN': '最新版本加一' }), positiveInteger),
  ).action(action(typeRegister))
  withProposalOptions(
    trust
      .command('register-query <did> <query>')
      .description(
        help({
          en: 'let it ask a query: DCQL, purpose, legal basis, retention (the council decides)',
          'zh-CN': '登记查询：DCQL、目的、法律依据、保存期限（由理事会决定）',
        }),
      )
      .requiredOption('--content <file>', 'JSON')
      .requiredOption(
        '--authority <did-or-identity>',
        help({ en: 'authority of the institution, which may suspend and revoke it', 'zh-CN': '机构的主管机关，可暂停与撤销' }),
      )
      .requiredOption('--query-version <n>', help({ en: 'latest version plus one', 'zh-CN': '最新版本加一' }), positiveInteger),
  ).action(action(queryRegister))
  for (const [name, apply, texts] of [
    ['suspend', suspendGrant, { en: 'make a grant not count for a while', 'zh-CN': '暂停授权' }],
    ['reinstate', reinstateGrant, { en: 'end a suspension', 'zh-CN': '恢复授权' }],
    ['revoke', revokeGrant, { en: 'end a grant for good', 'zh-CN': '永久撤销授权' }],
  ] as const) {
    withProposalOptions(
      trust
        .command(`${name} <kind> <did> [name]`)
        .description(`${help(texts)} (kind: authority, institution, issue, ask)`)
        .requiredOption('--as <identity>', help({ en: 'authority that gave it, or council', 'zh-CN': '授权的主管机关，或 council' }))
        .requiredOption(
          '--reason <code>',
          `0–9999; ${Object.entries(grantReasons)
            .map(([reason, code]) => `${code} ${reason}`)
            .join(', ')}`,
          integer(0, 9999),
        )
        .requiredOption('--attempt <name>', help({ en: 'case number, without personal data', 'zh-CN': '案件编号，不得含个人信息' })),
    ).action(
      action(async (context: Context, kind: string, did: string, grantName: string | undefined, options: ChangeOptions) => {
        const { reason, attempt } = options
        const change = { grant: grantKey(kind, did, grantName), reason, attempt }
        if (options.as !== council)
          return write(context, options.as, async (ledger, signing) =>
            apply(ledger, { ...signing, ...change, actor: await authorityAccount(context, options.as) }),
          )
        return actAsCouncil(context, options, `${name} ${kind} ${did} ${grantName ?? ''}`.trim(), (ledger, signing) =>
          apply(ledger, { ...signing, ...change, actor: ledger.network.contracts.council.hash }),
        )
      }),
    )
  }
  trust
    .command('show <did>')
    .description(
      help({ en: 'how it stands, or whether it may issue or ask, now or then', 'zh-CN': '查询其状态，或当前/当时是否有权签发或查询' }),
    )
    .option('--type <type>', help({ en: 'may it issue this?', 'zh-CN': '可否签发此类型' }))
    .option('--query <query>', help({ en: 'may it ask this?', 'zh-CN': '可否提出此查询' }))
    .option('--at <time>', help({ en: 'as it stood then', 'zh-CN': '当时的状态' }), time)
    .action(action(show))
  trust
    .command('type <type>')
    .description(help({ en: 'a credential type and its schema', 'zh-CN': '凭证类型及其规范' }))
    .option('--type-version <n>', help({ en: 'default: the latest', 'zh-CN': '默认最新版本' }), positiveInteger)
    .action(action(typeShow))
  addTrustExportCommand(trust)
}

async function authorityAdd(
  context: Context,
  did: string,
  { region, until, ...options }: { region: string } & UntilOption & ProposalOptions,
): Promise<void> {
  await actAsCouncil(context, options, `Authority of region ${region}: ${did}`, (ledger, signing) =>
    addAuthority(ledger, { ...signing, authority: accountOf(did), region, ...validUntil(until) }),
  )
}

async function institutionAdd(context: Context, did: string, options: { authority: string; kind: string } & UntilOption): Promise<void> {
  const authority = await authorityAccount(context, options.authority)
  await write(context, options.authority, (ledger, signing) =>
    addInstitution(ledger, { ...signing, authority, institution: accountOf(did), kind: options.kind, ...validUntil(options.until) }),
  )
}

async function accredit(context: Context, did: string, options: { authority: string; type: string } & UntilOption): Promise<void> {
  const authority = await authorityAccount(context, options.authority)
  await write(context, options.authority, (ledger, signing) =>
    accreditIssuer(ledger, { ...signing, authority, institution: accountOf(did), typeId: options.type, ...validUntil(options.until) }),
  )
}

async function typeRegister(
  context: Context,
  typeId: string,
  options: { schema: string; typeVersion: number } & ProposalOptions,
): Promise<void> {
  const schema = readJson(options.schema)
  await actAsCouncil(context, options, `Credential type ${typeId}, version ${options.typeVersion}`, (ledger, signing) =>
    registerCredentialType(ledger, { ...signing, typeId, version: options.typeVersion, schema }),
  )
}

async function queryRegister(
  context: Context,
  did: string,
  queryId: string,
  options: { authority: string; content: string; queryVersion: number } & ProposalOptions,
): Promise<void> {
  const authority = options.authority.startsWith('did:') ? accountOf(options.authority) : await authorityAccount(context, options.authority)
  const content = readJson(options.content)
  await actAsCouncil(context, options, `Query ${queryId}, version ${options.queryVersion}, of ${did}`, (ledger, signing) =>
    registerQuery(ledger, { ...signing, authority, institution: accountOf(did), queryId, version: options.queryVersion, content }),
  )
}

async function show({ home, output }: Context, did: string, options: { type?: string; query?: string; at?: number }): Promise<void> {
  const session = openReadingSession(home)
  try {
    const source = ledgerTrustSource(session.client, session.network)
    const subject = accountOf(did)
    const atMs = options.at ?? Date.now()
    if (options.type !== undefined || options.query !== undefined) {
      const right =
        options.type === undefined
          ? await mayAsk(source, subject, options.query!, atMs)
          : await mayIssue(source, subject, options.type, atMs)
      const verdict = right.allowed ? { en: 'yes', 'zh-CN': '可以' } : { en: 'no', 'zh-CN': '不可以' }
      const evidence = [right.right, right.institution, ...(right.authority === undefined ? [] : [right.authority])]
      output.result({ allowed: right.allowed, at: msToDateTime(atMs), evidence }, [output.text(verdict), ...evidence.map(evidenceLine)])
      return
    }
    const grants = await Promise.all(
      (['authority', 'institution'] as const).map(async kind => {
        const key: GrantKey = { kind, subject }
        const entry = await source.findGrant(key, atMs)
        return { key, standing: standingOf(entry, atMs), entry }
      }),
    )
    output.result({ at: msToDateTime(atMs), grants }, grants.map(evidenceLine))
  } finally {
    await session.close()
  }
}

async function typeShow({ home, output }: Context, typeId: string, options: { typeVersion?: number }): Promise<void> {
  const session = openReadingSession(home)
  try {
    const type = await ledgerTrustSource(session.client, session.network).findCredentialType(typeId, options.typeVersion ?? 'latest')
    if (type === null) throw new CliError('ERR_CLI_USAGE', 'there is no such credential type or version')
    const value = {
      type: typeId,
      version: type.version,
      schemaSha256: bytesToHex(type.schemaHash),
      registered: msToDateTime(type.timeMs),
      block: type.blockIndex,
      schema: parseJson(bytesToUtf8(type.schema)),
    }
    output.result(value, [`${typeId} ${type.version}`, JSON.stringify(value.schema, null, 2)])
  } finally {
    await session.close()
  }
}

/** Runs an identity's write to its durable end. */
async function write(
  { home, output }: Context,
  as: string,
  run: (ledger: TrustLedger, signing: { account: Account; sponsor: Account }) => Promise<Write>,
): Promise<void> {
  const sponsor = await localCommittee(home)
  const { account } = await loadIdentity(home.identitiesFolder, as)
  const session = await openWritingSession(home)
  try {
    const { transactionHash, blockIndex, blockTimeMs } = await (await run(session, { account, sponsor })).durable()
    const text = output.text({ en: `done, durable in block ${blockIndex}`, 'zh-CN': `完成，已持久化于区块 ${blockIndex}` })
    output.result({ transaction: transactionHash, block: blockIndex, time: msToDateTime(blockTimeMs) }, [text])
  } finally {
    await session.close()
  }
}

function accountOf(did: string): ScriptHash {
  return accountOfDid(parseDid(did))
}

async function authorityAccount({ home }: Context, name: string): Promise<ScriptHash> {
  return accountOf((await loadIdentity(home.identitiesFolder, name)).did)
}

function validUntil(until: number | undefined): { validUntilMs?: number } {
  return until === undefined ? {} : { validUntilMs: until }
}

function grantKey(kind: string, did: string, name: string | undefined): GrantKey {
  const subject = accountOf(did)
  if ((kind === 'authority' || kind === 'institution') && name === undefined) return { kind, subject }
  if ((kind === 'issue' || kind === 'ask') && name !== undefined) return { kind, subject, name }
  throw new InvalidArgumentError('expected: authority DID, institution DID, issue DID TYPE or ask DID QUERY')
}

function evidenceLine({ key, standing, entry }: GrantEvidence): string {
  const name = 'name' in key ? ` ${key.name}` : ''
  return `${key.kind}${name}: ${standing}${entry === null ? '' : ` (change ${entry.sequence}, block ${entry.blockIndex}, ${msToDateTime(entry.timeMs)})`}`
}
