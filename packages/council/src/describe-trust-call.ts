import type { ScriptHash } from '@hufu/ledger'
import { bytesToUtf8, parseJson } from '@hufu/primitives'
import { type GrantKind, grantKinds, grantReasons, parseQueryContent } from '@hufu/trust'
import type { CallArguments, DescribeCall, Texts } from './call-arguments.ts'
import { type DescribeContext, didOf, digest, until } from './describe-context.ts'
import { printable } from './printable.ts'

/** Puts into words what the council may do in the trust registry. */
export const describeTrustCall: DescribeCall<DescribeContext> = (method, args, context) => {
  switch (method) {
    case 'addAuthority':
      return addAuthority(args, context)
    case 'registerCredentialType':
      return registerCredentialType(args)
    case 'registerQuery':
      return registerQuery(args, context)
    case 'suspend':
    case 'reinstate':
    case 'revoke':
      return changeStatus(method, args, context)
    case 'renew':
      return renew(args, context)
    default:
      return undefined
  }
}

function addAuthority(args: CallArguments, context: DescribeContext): Texts {
  const [authority, region, end] = [didOf(context, args.hash()), printable(args.text()), until(args.number())]
  return {
    en: `Make ${authority} the authority of region ${region}, ${end.en}`,
    'zh-CN': `将 ${authority} 设为地区 ${region} 的主管机关，${end['zh-CN']}`,
  }
}

function registerCredentialType(args: CallArguments): Texts {
  const [typeId, version, schema] = [printable(args.text()), args.integer(), digest(args.bytes())]
  return {
    en: `Register version ${version} of the credential type ${typeId}; its schema has the SHA-256 ${schema}`,
    'zh-CN': `登记凭证类型 ${typeId} 的第 ${version} 版；其规范的 SHA-256 为 ${schema}`,
  }
}

function registerQuery(args: CallArguments, context: DescribeContext): Texts {
  const [authority, institution, queryId] = [didOf(context, args.hash()), didOf(context, args.hash()), printable(args.text())]
  const bytes = args.bytes()
  const { purpose, legalBasis, retentionDays } = parseQueryContent(parseJson(bytesToUtf8(bytes)))
  return {
    en: `Let ${institution} ask the query ${queryId}, under the authority ${authority}: purpose “${printable(purpose.en)}”, legal basis “${printable(legalBasis.en)}”, answers kept ${retentionDays} days; its content has the SHA-256 ${digest(bytes)}`,
    'zh-CN': `准许 ${institution} 提出查询 ${queryId}（主管机关 ${authority}）：目的“${printable(purpose['zh-CN'])}”，法律依据“${printable(legalBasis['zh-CN'])}”，回应保存 ${retentionDays} 天；其内容的 SHA-256 为 ${digest(bytes)}`,
  }
}

const changes = {
  suspend: { en: 'Suspend', 'zh-CN': '暂停' },
  reinstate: { en: 'Reinstate', 'zh-CN': '恢复' },
  revoke: { en: 'Revoke for good', 'zh-CN': '永久撤销' },
} as const

function changeStatus(method: keyof typeof changes, args: CallArguments, context: DescribeContext): Texts | undefined {
  const actor = args.hash()
  const grant = grantOf(args, context)
  const reason = reasonOf(args.number())
  // As anybody but itself the council cannot act.
  if (actor !== context.network.contracts.council.hash) return undefined
  const change = changes[method]
  return {
    en: `${change.en}: ${grant.en}. Reason: ${reason.en}`,
    'zh-CN': `${change['zh-CN']}：${grant['zh-CN']}。原因：${reason['zh-CN']}`,
  }
}

function renew(args: CallArguments, context: DescribeContext): Texts | undefined {
  const actor = args.hash()
  const grant = grantOf(args, context)
  const end = until(args.number())
  if (actor !== context.network.contracts.council.hash) return undefined
  return { en: `Renew ${grant.en}, ${end.en}`, 'zh-CN': `续展${grant['zh-CN']}，${end['zh-CN']}` }
}

function grantOf(args: CallArguments, context: DescribeContext): Texts {
  const kind = args.number()
  const subject = args.hash()
  const name = printable(args.text())
  const known = (Object.entries(grantKinds) as [GrantKind, number][]).find(([, number]) => number === kind)?.[0]
  return grantTexts(known, subject, name, context) ?? { en: `grant of unknown kind ${kind}`, 'zh-CN': `未知种类 ${kind} 的授权` }
}

function grantTexts(kind: GrantKind | undefined, subject: ScriptHash, name: string, context: DescribeContext): Texts | undefined {
  const did = didOf(context, subject)
  switch (kind) {
    case 'authority':
      return { en: `the authority ${did}`, 'zh-CN': `主管机关 ${did}` }
    case 'institution':
      return { en: `the institution ${did}`, 'zh-CN': `机构 ${did}` }
    case 'issue':
      return { en: `the right of ${did} to issue ${name}`, 'zh-CN': `${did} 签发 ${name} 的权利` }
    case 'ask':
      return { en: `the right of ${did} to ask the query ${name}`, 'zh-CN': `${did} 提出查询 ${name} 的权利` }
    case undefined:
      return undefined
  }
}

const reasonTexts: Readonly<Record<keyof typeof grantReasons, Texts>> = {
  none: { en: 'none given', 'zh-CN': '未说明' },
  keyCompromised: { en: 'key compromised', 'zh-CN': '密钥泄露' },
  rulesBroken: { en: 'rules broken', 'zh-CN': '违反规定' },
  ceasedOperation: { en: 'ceased operation', 'zh-CN': '停止运营' },
  orderedByLaw: { en: 'ordered by law', 'zh-CN': '依法要求' },
  grantedInError: { en: 'granted in error', 'zh-CN': '授予有误' },
  underInquiry: { en: 'under inquiry', 'zh-CN': '正在调查' },
  remedied: { en: 'remedied', 'zh-CN': '已整改' },
}

function reasonOf(code: number): Texts {
  const name = (Object.keys(grantReasons) as (keyof typeof grantReasons)[]).find(reason => grantReasons[reason] === code)
  if (name === undefined) return { en: `code ${code}`, 'zh-CN': `代码 ${code}` }
  const text = reasonTexts[name]
  return { en: `${text.en} (${code})`, 'zh-CN': `${text['zh-CN']}（${code}）` }
}
