import type { RuleId } from '@hufu/credentials'
import type { PresentationRule } from '@hufu/proofs'
import type { Texts } from '@hufu/trust'

/** Rules of an answer as a whole; those of each credential stand in packages/credentials and packages/proofs. An id never changes its meaning. */
export const answerRules = {
  response: { en: "The response is encrypted to this request's key and well formed", 'zh-CN': '回应已用本次请求的密钥加密且格式正确' },
  state: { en: 'The response belongs to this request', 'zh-CN': '回应属于本次请求' },
  query: { en: 'The verifier has registered this query and may ask it now', 'zh-CN': '验证方已登记该查询且目前获准查询' },
  answer: { en: 'What is presented is what the query asks for', 'zh-CN': '所出示的内容与查询要求一致' },
  unused: { en: 'The request had not been answered before', 'zh-CN': '该请求此前未被回应' },
  consent: { en: 'The holder agreed to present', 'zh-CN': '持有者同意出示' },
} as const satisfies Readonly<Record<string, Texts>>

export type AnswerRule = keyof typeof answerRules
/** A rule of the answer, or of a credential in it. */
export type AnyRule = AnswerRule | RuleId | PresentationRule

const again: Texts = { en: 'Begin again with a new request', 'zh-CN': '请重新发起请求' }
const another: Texts = {
  en: 'Present another credential, or ask its issuer for a new one',
  'zh-CN': '请出示其他凭证，或向签发者申请新凭证',
}
const wallet: Texts = { en: 'Update the wallet: what it made is not in order', 'zh-CN': '请更新钱包：其生成的内容不符合要求' }
const verifier: Texts = { en: 'Tell the institution: it may not ask this now', 'zh-CN': '请告知该机构：其目前无权查询' }
const asked: Texts = { en: 'Present what the request asks for', 'zh-CN': '请按请求内容出示' }
const issuer: Texts = { en: 'Ask the issuer of the credential', 'zh-CN': '请联系凭证签发者' }
const agree: Texts = { en: 'Nothing was shown; begin again if that was a mistake', 'zh-CN': '未出示任何内容；如系误操作，请重新发起' }
const fresh: Texts = { en: 'Make a new presentation for this request', 'zh-CN': '请针对本次请求重新生成出示内容' }

const fixes: Readonly<Record<AnyRule, Texts>> = {
  response: wallet,
  state: again,
  query: verifier,
  answer: asked,
  unused: again,
  consent: agree,

  form: wallet,
  type: asked,
  issuer: another,
  'issuer-key': another,
  'issuer-key-now': another,
  'issuer-signature': another,
  'issuer-trusted-then': another,
  'issuer-trusted-now': another,
  validity: another,
  disclosures: wallet,
  schema: issuer,
  'status-list': issuer,
  'status-age': issuer,
  'status-anchor': issuer,
  status: issuer,
  holder: wallet,
  audience: fresh,
  nonce: fresh,
  'presentation-age': fresh,
  'presentation-content': fresh,
  'proof-purpose': wallet,
  'presenter-key': wallet,
  'presenter-signature': wallet,
  'presenter-subject': asked,

  verifier: fresh,
  transaction: fresh,
  date: fresh,
  count: asked,
  scope: fresh,
  statement: asked,
  disclosed: asked,
  roots: fresh,
  'root-age': fresh,
  'one-time-key': fresh,
  prepare: wallet,
  show: wallet,
  pair: wallet,
  once: fresh,
}

/** What to do about a rule that did not hold. */
export function fixOfRule(rule: AnyRule): Texts {
  return fixes[rule]
}
