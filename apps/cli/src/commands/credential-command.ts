import { existsSync, readFileSync } from 'node:fs'
import {
  anchorStatusList,
  type ClaimPath,
  CredentialError,
  type KeyBindingPolicy,
  presentSdJwt,
  readUnverifiedTerms,
  verifySdJwtVc,
} from '@hufu/credentials'
import { writeFileWhole } from '@hufu/files'
import { generateSecret, importSigner, publicKeyFromJwk, publicKeyToJwk, type Signer } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, type Json } from '@hufu/primitives'
import { ledgerTrustSource, validateClaims } from '@hufu/trust'
import type { Command } from 'commander'
import { action, type Context, help } from '../command.ts'
import { CliError } from '../errors.ts'
import { type Identity, loadIdentity } from '../identity.ts'
import { type OpenDesk, openDesk } from '../open-desk.ts'
import { integer, positiveInteger, time } from '../option-values.ts'
import { readJson, readText } from '../read-json.ts'
import { receiptLines, type Verdict } from '../receipt-lines.ts'
import { localCommittee, openReadingSession, openWritingSession, type Session } from '../session.ts'
import { verificationPolicy } from '../verification.ts'

export const defaultStatusBaseUrl = 'http://127.0.0.1:20480/status-lists'
const presentationMaxAgeMs = 5 * 60 * 1000
const defaultStatusAgeSeconds = 24 * 60 * 60

/** Codes that say that it could not be found out; all others refuse. */
const undecidedCodes: readonly string[] = ['ERR_CREDENTIAL_LOOKUP', 'ERR_CREDENTIAL_STATUS_UNAVAILABLE']

interface IssueOptions {
  readonly as: string
  readonly type: string
  readonly claims: string
  readonly key: string
  readonly out: string
  readonly holderKey?: string
  readonly until?: number
  readonly statusBaseUrl: string
}

interface VerifyOptions {
  readonly type?: readonly string[]
  readonly audience?: string
  readonly nonce?: string
  readonly maxStatusAge: number
}

/** Adds `hufu credential`. */
export function addCredentialCommand(program: Command): void {
  const credential = program
    .command('credential')
    .description(help({ en: 'SD-JWT VC credentials: issue, present, verify, revoke', 'zh-CN': 'SD-JWT VC 凭证：签发、出示、验证、撤销' }))
  const statusBase = [
    '--status-base-url <url>',
    help({ en: 'where the institution server gives out status lists', 'zh-CN': '机构服务器发布状态列表的地址' }),
    defaultStatusBaseUrl,
  ] as const
  credential
    .command('issue')
    .description(help({ en: 'issue one', 'zh-CN': '签发一张凭证' }))
    .requiredOption('--as <identity>', help({ en: 'issuer', 'zh-CN': '签发机构' }))
    .requiredOption('--type <type>', help({ en: 'credential type', 'zh-CN': '凭证类型' }))
    .requiredOption('--claims <file>', help({ en: 'JSON of the claims', 'zh-CN': '声明内容（JSON）' }))
    .requiredOption(
      '--key <name>',
      help({ en: 'names the occasion, such as a case number: one key, one credential', 'zh-CN': '签发事由编号：一号一证' }),
    )
    .requiredOption('--out <file>', help({ en: 'where the credential goes', 'zh-CN': '凭证输出文件' }))
    .option('--holder-key <file>', help({ en: "JWK of the holder's public key", 'zh-CN': '持有者公钥（JWK）' }))
    .option('--until <time>', help({ en: 'end of validity', 'zh-CN': '有效期至' }), time)
    .option(...statusBase)
    .action(action(issue))
  credential
    .command('holder-key')
    .description(help({ en: 'make a key for a holder (a wallet would keep it)', 'zh-CN': '为持有者生成密钥（通常由钱包保管）' }))
    .requiredOption('--out <file>', help({ en: 'private key; the public one goes to FILE.pub', 'zh-CN': '私钥文件；公钥写入 FILE.pub' }))
    .action(action(holderKey))
  credential
    .command('present <credential>')
    .description(help({ en: 'show chosen claims to one verifier', 'zh-CN': '向某验证方出示所选内容' }))
    .option(
      '--disclose <path...>',
      help({ en: 'claims, such as name or age_equal_or_over.18', 'zh-CN': '要披露的声明，如 name 或 age_equal_or_over.18' }),
      [],
    )
    .requiredOption('--holder <file>', help({ en: "holder's private key", 'zh-CN': '持有者私钥' }))
    .requiredOption('--audience <verifier>', help({ en: 'for whom', 'zh-CN': '出示对象' }))
    .requiredOption('--nonce <text>', help({ en: "verifier's challenge", 'zh-CN': '验证方的挑战值' }))
    .requiredOption('--out <file>', help({ en: 'where the presentation goes', 'zh-CN': '输出文件' }))
    .action(action(present))
  addVerifyOptions(
    credential
      .command('verify <file>')
      .description(help({ en: 'verify a credential or presentation; prints the receipt', 'zh-CN': '验证凭证或出示，并打印回执' })),
  ).action(action(verifyCredential))
  for (const [name, status, texts] of [
    ['revoke', 'revoked', { en: 'end a credential for good', 'zh-CN': '永久撤销凭证' }],
    ['suspend', 'suspended', { en: 'make a credential not count for a while', 'zh-CN': '暂停凭证' }],
    ['reinstate', 'valid', { en: 'end a suspension', 'zh-CN': '恢复凭证' }],
  ] as const) {
    credential
      .command(`${name} <credential>`)
      .description(help(texts))
      .requiredOption('--as <identity>', help({ en: 'issuer', 'zh-CN': '签发机构' }))
      .requiredOption('--reason <code>', '0–9999', integer(0, 9999))
      .option(...statusBase)
      .action(
        action((context: Context, file: string, options: { as: string; reason: number; statusBaseUrl: string }) =>
          changeStatus(context, file, status, options),
        ),
      )
  }
}

/** Options of every command that verifies a credential. */
export function addVerifyOptions(command: Command): Command {
  return command
    .option('--type <type...>', help({ en: 'accepted types (default: any)', 'zh-CN': '可接受的类型（默认任意）' }))
    .option('--audience <verifier>', help({ en: 'for whom it must have been made', 'zh-CN': '应面向的验证方' }))
    .option('--nonce <text>', help({ en: 'challenge it must answer', 'zh-CN': '应回应的挑战值' }))
    .option(
      '--max-status-age <seconds>',
      help({ en: 'how old a status list may be', 'zh-CN': '状态列表的最长时限（秒）' }),
      positiveInteger,
      defaultStatusAgeSeconds,
    )
}

async function issue({ home, output }: Context, options: IssueOptions): Promise<void> {
  const identity = await loadIdentity(home.identitiesFolder, options.as)
  const claims = readJson(options.claims) as { readonly [name: string]: Json }
  const session = await openWritingSession(home)
  const open = await openDesk(home, identity, options.statusBaseUrl)
  try {
    await validateClaims(ledgerTrustSource(session.client, session.network), options.type, claims)
    const result = await open.desk.issue({
      key: options.key,
      credentialType: options.type,
      claims,
      ...(options.holderKey === undefined ? {} : { holderKey: publicKeyFromJwk(readJson(options.holderKey)) }),
      ...(options.until === undefined ? {} : { expiresAtMs: options.until }),
    })
    if (result.credential !== undefined) {
      await writeFileWhole(options.out, `${result.credential}\n`)
      await open.desk.delivered(options.key, result.credential)
      await publishAndAnchor(session, open, identity, await localCommittee(home))
    }
    const { credential: _, ...shown } = result
    const text =
      result.credential === undefined
        ? { en: 'issued before under this key; nothing was done', 'zh-CN': '此编号已签发过；未执行任何操作' }
        : { en: 'issued', 'zh-CN': '已签发' }
    output.result({ ...shown, issuedNow: result.credential !== undefined }, [`${output.text(text)}: ${result.credentialId}`])
  } finally {
    await open.close()
    await session.close()
  }
}

/** Publishes the issuer's status lists and anchors their hashes. @returns the block after which all of them are on the ledger, once that is durable */
export async function publishAndAnchor(
  session: Session,
  open: OpenDesk,
  identity: Identity,
  sponsor: Identity['account'],
): Promise<number> {
  let newest = 0
  for (const list of await open.publish()) {
    const write = await anchorStatusList(
      session,
      { issuer: identity.account.scriptHash, uri: list.uri, sha256: list.sha256 },
      { account: identity.account, sponsor },
    )
    newest = Math.max(newest, (await write.durable()).blockIndex)
  }
  return newest
}

async function holderKey({ output }: Context, { out }: { out: string }): Promise<void> {
  if (existsSync(out)) throw new CliError('ERR_CLI_FILE', `file ${out} is there already`)
  const secret = generateSecret('P-256')
  const { publicKey } = await importSigner('P-256', secret)
  const jwk = publicKeyToJwk(publicKey)
  await writeFileWhole(out, `${JSON.stringify({ ...jwk, d: bytesToBase64url(secret) })}\n`)
  await writeFileWhole(`${out}.pub`, `${JSON.stringify(jwk)}\n`, 0o644)
  output.result(jwk, [`${out}, ${out}.pub`])
}

async function present(
  { output }: Context,
  file: string,
  options: { disclose: readonly string[]; holder: string; audience: string; nonce: string; out: string },
): Promise<void> {
  const signer = await readHolder(options.holder)
  const presentation = await presentSdJwt(readText(file).trim(), {
    disclose: options.disclose.map(claimPath),
    keyBinding: { signer, audience: options.audience, nonce: options.nonce, issuedAtMs: Date.now() },
  })
  await writeFileWhole(options.out, `${presentation}\n`)
  output.result({ out: options.out }, [options.out])
}

async function verifyCredential(context: Context, file: string, options: VerifyOptions): Promise<void> {
  await verifyToken(context, readText(file).trim(), options)
}

/** Verifies an SD-JWT VC and prints its receipt; a refusal ends the command with exit code 1. */
export async function verifyToken({ home, output }: Context, token: string, options: VerifyOptions): Promise<void> {
  const session = openReadingSession(home)
  try {
    const { credentialType, hasKeyBinding } = readUnverifiedTerms(token)
    const verified = await verifySdJwtVc(token, {
      ...verificationPolicy(session, options.maxStatusAge * 1000),
      credentialTypes: options.type ?? [credentialType],
      keyBinding: hasKeyBinding ? keyBindingPolicy(options) : 'none',
    })
    const { issuer, claims, receipt } = verified
    output.result({ verdict: receipt.verdict, issuer, credentialType, claims, receipt }, [
      ...receiptLines(receipt, output),
      JSON.stringify(claims, null, 2),
    ])
  } catch (error) {
    if (!(error instanceof CredentialError) || error.receipt === undefined) throw error
    const { code, message, receipt } = error
    const verdict: Verdict = undecidedCodes.includes(code) ? 'undecided' : 'refused'
    output.result({ verdict, error: { code, message }, receipt }, [...receiptLines(receipt, output, verdict), `[${code}] ${message}`])
    process.exitCode = 1
  } finally {
    await session.close()
  }
}

function keyBindingPolicy({ audience, nonce }: VerifyOptions): KeyBindingPolicy {
  if (audience === undefined || nonce === undefined) {
    throw new CliError(
      'ERR_CLI_USAGE',
      "the presentation holds a holder's proof: say for whom and in answer to what it must be, with --audience and --nonce",
    )
  }
  return { audience, nonce, maxAgeMs: presentationMaxAgeMs }
}

async function changeStatus(
  { home, output }: Context,
  file: string,
  status: 'valid' | 'suspended' | 'revoked',
  options: { as: string; reason: number; statusBaseUrl: string },
): Promise<void> {
  const identity = await loadIdentity(home.identitiesFolder, options.as)
  const { status: reference } = readUnverifiedTerms(readText(file).trim())
  const session = await openWritingSession(home)
  const open = await openDesk(home, identity, options.statusBaseUrl)
  try {
    const entry = reference === undefined ? undefined : open.desk.findByStatus(reference.uri, reference.index)
    if (entry === undefined) throw new CredentialError('ERR_CREDENTIAL_UNKNOWN', 'this issuer has issued no such credential')
    await open.desk.changeStatus(entry.credentialId, status, options.reason)
    await publishAndAnchor(session, open, identity, await localCommittee(home))
    output.result({ credentialId: entry.credentialId, status }, [
      output.text({
        en: `${entry.credentialId} is ${status}; the list is published and anchored`,
        'zh-CN': `${entry.credentialId} 状态已为 ${status}；列表已发布并锚定`,
      }),
    ])
  } finally {
    await open.close()
    await session.close()
  }
}

async function readHolder(file: string): Promise<Signer> {
  const jwk = JSON.parse(readFileSync(file, 'utf8')) as { d?: unknown }
  if (typeof jwk.d !== 'string') throw new CliError('ERR_CLI_FILE', 'the holder file holds no private key')
  return importSigner('P-256', base64urlToBytes(jwk.d))
}

/** `age_equal_or_over.18` names the member 18 of age_equal_or_over. */
function claimPath(text: string): ClaimPath {
  return text.split('.')
}
