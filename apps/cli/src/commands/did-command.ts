import {
  accountOfDid,
  createDid,
  type DidChange,
  type DidMoment,
  type DidWrite,
  deactivateDid,
  finishRecovery,
  ledgerSource,
  parseDid,
  provenSource,
  resolve,
  rotateDid,
  setRecovery,
  startRecovery,
  updateDid,
  vetoRecovery,
} from '@hufu/did'
import { writeFileWhole } from '@hufu/files'
import { LightClient, scriptHashOfAddress } from '@hufu/ledger'
import { dateTimeToMs, type Json } from '@hufu/primitives'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { type Identity, loadIdentity } from '../identity.ts'
import { identityDocument } from '../identity-document.ts'
import { positiveInteger } from '../option-values.ts'
import { readJson } from '../read-json.ts'
import { localCommittee, openReadingSession, openWritingSession } from '../session.ts'

interface ChangeOptions {
  readonly as: string
  readonly expectVersion: number
}

interface RecoveryOptions {
  readonly as: string
  readonly attempt: string
}

/** Adds `hufu did`. */
export function addDidCommand(program: Command): void {
  const did = program
    .command('did')
    .description(help({ en: 'did:neo identifiers: create, change, recover, resolve', 'zh-CN': 'did:neo 标识：创建、变更、恢复、解析' }))
  const as = ['--as <identity>', help({ en: 'identity that signs', 'zh-CN': '签名身份' })] as const
  const version = [
    '--expect-version <n>',
    help({ en: 'version that this change builds on', 'zh-CN': '本次变更所基于的版本' }),
    positiveInteger,
  ] as const
  const attempt = [
    '--attempt <name>',
    help({ en: 'case number of this attempt, without personal data', 'zh-CN': '本次恢复的案件编号，不得含个人信息' }),
  ] as const
  did
    .command('create')
    .description(help({ en: "register an identity's DID with its keys", 'zh-CN': '登记身份的 DID 与密钥' }))
    .requiredOption(...as)
    .option(
      '--document <file>',
      help({ en: 'DID document (default: made of the identity’s keys)', 'zh-CN': 'DID 文档（默认由身份密钥生成）' }),
    )
    .option('--recovery <address>', help({ en: 'account that may take it over', 'zh-CN': '可接管的恢复账户' }))
    .option(
      '--recovery-delay <seconds>',
      help({ en: 'time for a veto (with --recovery)', 'zh-CN': '否决期限，秒（与 --recovery 同用）' }),
      positiveInteger,
    )
    .action(action(create))
  did
    .command('update <did>')
    .description(help({ en: 'give it a new document', 'zh-CN': '更新文档' }))
    .requiredOption(...as)
    .requiredOption('--document <file>', help({ en: 'the new DID document', 'zh-CN': '新的 DID 文档' }))
    .requiredOption(...version)
    .action(action(update))
  did
    .command('rotate <did>')
    .description(help({ en: 'hand it to a new controller', 'zh-CN': '移交给新的控制者' }))
    .requiredOption(...as)
    .requiredOption('--to <identity>', help({ en: 'the new controller, who signs, too', 'zh-CN': '新控制者（须共同签名）' }))
    .requiredOption(...version)
    .action(action(rotate))
  did
    .command('set-recovery <did>')
    .description(help({ en: 'name who may take it over, or nobody', 'zh-CN': '指定可接管者，或取消' }))
    .requiredOption(...as)
    .requiredOption(...version)
    .option('--recovery <address>', help({ en: 'account; without it, nobody', 'zh-CN': '账户；省略表示无人' }))
    .option('--recovery-delay <seconds>', help({ en: 'time for a veto', 'zh-CN': '否决期限，秒' }), positiveInteger)
    .action(action(changeRecovery))
  const recover = did
    .command('recover')
    .description(help({ en: 'take a DID over, with time for its controller to veto', 'zh-CN': '接管 DID，控制者可在期限内否决' }))
  recover
    .command('start <did>')
    .requiredOption(...as)
    .requiredOption('--to <identity>', help({ en: 'the new controller', 'zh-CN': '新控制者' }))
    .requiredOption(...attempt)
    .action(action(recoverStart))
  recover
    .command('veto <did>')
    .requiredOption(...as)
    .requiredOption(...attempt)
    .action(action(recoverVeto))
  recover
    .command('finish <did>')
    .requiredOption(...as)
    .requiredOption('--to <identity>', help({ en: 'the new controller, who signs, too', 'zh-CN': '新控制者（须共同签名）' }))
    .requiredOption(...attempt)
    .action(action(recoverFinish))
  did
    .command('deactivate <did>')
    .description(help({ en: 'end it for good', 'zh-CN': '永久停用' }))
    .requiredOption(...as)
    .requiredOption(...version)
    .action(action(deactivate))
  did
    .command('resolve <did>')
    .description(help({ en: 'its document, now or in the past', 'zh-CN': '解析当前或过去的文档' }))
    .option('--version-id <n>', help({ en: 'at this version', 'zh-CN': '指定版本' }))
    .option('--version-time <time>', help({ en: 'as it stood then, such as 2026-03-03T14:02:00Z', 'zh-CN': '指定时间的状态' }))
    .option(
      '--proof [file]',
      help({ en: 'trust no node: check the state proof, and write it to a file', 'zh-CN': '不信任任何节点：校验状态证明，并可写入文件' }),
    )
    .action(action(resolveCommand))
}

async function create(
  { home, output }: Context,
  options: { as: string; document?: string; recovery?: string; recoveryDelay?: number },
): Promise<void> {
  const identity = await loadIdentity(home.identitiesFolder, options.as)
  const document = options.document === undefined ? identityDocument(identity) : readJson(options.document)
  await write({ home, output } as Context, (ledger, sponsor) =>
    createDid(ledger, { account: identity.account, document, recovery: recoveryTerms(options), sponsor }),
  )
}

async function update(context: Context, did: string, options: ChangeOptions & { document: string }): Promise<void> {
  const { account } = await signer(context, options.as)
  const document = readJson(options.document)
  await write(context, (ledger, sponsor) =>
    updateDid(ledger, { did: parseDid(did), expectedVersion: options.expectVersion, account, document, sponsor }),
  )
}

async function rotate(context: Context, did: string, options: ChangeOptions & { to: string }): Promise<void> {
  const [{ account }, { account: newAccount }] = await Promise.all([signer(context, options.as), signer(context, options.to)])
  await write(context, (ledger, sponsor) =>
    rotateDid(ledger, { did: parseDid(did), expectedVersion: options.expectVersion, account, newAccount, sponsor }),
  )
}

async function changeRecovery(
  context: Context,
  did: string,
  options: ChangeOptions & { recovery?: string; recoveryDelay?: number },
): Promise<void> {
  const { account } = await signer(context, options.as)
  await write(context, (ledger, sponsor) =>
    setRecovery(ledger, { did: parseDid(did), expectedVersion: options.expectVersion, account, recovery: recoveryTerms(options), sponsor }),
  )
}

async function recoverStart(context: Context, did: string, { as, to, attempt }: RecoveryOptions & { to: string }): Promise<void> {
  const [{ account: recoveryAccount }, { account }] = await Promise.all([signer(context, as), signer(context, to)])
  await write(context, (ledger, sponsor) =>
    startRecovery(ledger, { did: parseDid(did), attempt, recoveryAccount, newController: account.scriptHash, sponsor }),
  )
}

async function recoverVeto(context: Context, did: string, { as, attempt }: RecoveryOptions): Promise<void> {
  const { account } = await signer(context, as)
  await write(context, (ledger, sponsor) => vetoRecovery(ledger, { did: parseDid(did), attempt, account, sponsor }))
}

async function recoverFinish(context: Context, did: string, { as, to, attempt }: RecoveryOptions & { to: string }): Promise<void> {
  const [{ account: recoveryAccount }, { account: newAccount }] = await Promise.all([signer(context, as), signer(context, to)])
  await write(context, (ledger, sponsor) => finishRecovery(ledger, { did: parseDid(did), attempt, recoveryAccount, newAccount, sponsor }))
}

async function deactivate(context: Context, did: string, options: ChangeOptions): Promise<void> {
  const { account } = await signer(context, options.as)
  await write(context, (ledger, sponsor) =>
    deactivateDid(ledger, { did: parseDid(did), expectedVersion: options.expectVersion, account, sponsor }),
  )
}

async function resolveCommand(
  { home, output }: Context,
  did: string,
  options: { versionId?: string; versionTime?: string; proof?: string | true },
): Promise<void> {
  const session = openReadingSession(home)
  try {
    const texts = new Map<string, string>()
    if (options.versionId !== undefined) texts.set('versionId', options.versionId)
    if (options.versionTime !== undefined) texts.set('versionTime', options.versionTime)
    const prover = provenSource(new LightClient({ network: session.network }), session.network)
    const result = await resolve(options.proof === undefined ? ledgerSource(session.client, session.network) : prover, did, texts)
    if (result.didResolutionMetadata.error !== undefined) process.exitCode = 1
    else if (options.proof !== undefined) {
      if (options.proof !== true) {
        const proven = await prover.proveState(accountOfDid(parseDid(did)), momentOf(options))
        await writeFileWhole(options.proof, `${JSON.stringify(proven?.proof, null, 2)}\n`)
      }
      output.note({ en: 'proven up to the signatures of a quorum of the validators', 'zh-CN': '已证明至法定数验证节点的签名' })
    }
    output.result(result, [JSON.stringify(result.didDocument ?? result.didResolutionMetadata, null, 2)])
  } finally {
    await session.close()
  }
}

/** Runs a write to its durable end and prints it. The local network's committee pays. */
async function write(
  { home, output }: Context,
  run: (ledger: Parameters<typeof createDid>[0], sponsor: Identity['account']) => Promise<DidWrite>,
): Promise<void> {
  const sponsor = await localCommittee(home)
  const session = await openWritingSession(home)
  try {
    const change = await (await run(session, sponsor)).durable()
    output.result(summary(change), [
      `${change.did}`,
      output.text({
        en: `${change.version === undefined ? 'done' : `version ${change.version}`}, durable in block ${change.outcome.blockIndex}`,
        'zh-CN': `${change.version === undefined ? '完成' : `版本 ${change.version}`}，已持久化于区块 ${change.outcome.blockIndex}`,
      }),
    ])
  } finally {
    await session.close()
  }
}

function summary({ did, version, outcome }: DidChange): Record<string, Json | undefined> {
  return {
    did,
    version: version ?? null,
    transaction: outcome.transactionHash,
    block: outcome.blockIndex,
    time: new Date(outcome.blockTimeMs).toISOString(),
  }
}

function signer({ home }: Context, name: string): Promise<Identity> {
  return loadIdentity(home.identitiesFolder, name)
}

function recoveryTerms(options: {
  recovery?: string
  recoveryDelay?: number
}): { account: ReturnType<typeof scriptHashOfAddress>; delayMs: number } | null {
  if (options.recovery === undefined) return null
  if (options.recoveryDelay === undefined)
    throw new CliError('ERR_CLI_USAGE', '--recovery needs --recovery-delay: how long the controller has for a veto, in seconds')
  return { account: scriptHashOfAddress(options.recovery), delayMs: options.recoveryDelay * 1000 }
}

function momentOf(options: { versionId?: string; versionTime?: string }): DidMoment {
  if (options.versionId !== undefined) return { version: Number(options.versionId) }
  return options.versionTime === undefined ? 'latest' : { timeMs: dateTimeToMs(options.versionTime) }
}
