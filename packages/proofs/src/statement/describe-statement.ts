import type { Attribute, AttributeLayout } from '../attributes/attribute-layout.ts'
import { type CompiledStatement, compileStatement } from './compile-statement.ts'
import type { ClaimValue, Condition, Statement } from './statement.ts'

/** Languages that people are asked in. */
export type Language = 'zh-CN' | 'en'

/** A statement for people, in whole sentences. */
export interface StatementInWords {
  /** What is proven. */
  readonly proves: readonly string[]
  /** What the verifier learns exactly. */
  readonly shows: readonly string[]
  /** Whether the verifier can recognise the person. */
  readonly pseudonym: string
  /** What the verifier does not learn. */
  readonly hides: readonly string[]
  /** For how long a credential that was revoked may still be taken. */
  readonly freshness: string
}

export interface DescribeOptions {
  /** `YYYY-MM-DD`, for ages. */
  readonly today: string
  /** What people call a value, such as the name of the city with a code; default the value itself. */
  readonly label?: (claim: string, value: ClaimValue) => string | undefined
  /** What people call the type of the credential; default its identifier. */
  readonly typeTitle?: string
}

/**
 * Says a statement in plain words: what is proven, what is shown, and what is not.
 *
 * @throws ProofError `ERR_PROOF_STATEMENT`: it cannot be compiled
 */
export function describeStatement(
  statement: Statement,
  layout: AttributeLayout,
  language: Language,
  options: DescribeOptions,
): StatementInWords {
  const compiled = compileStatement(statement, layout, options)
  const words = wordings[language]
  const titleOf = (claim: string) => titleIn(layout.find(attribute => attribute.claim === claim)!, language)
  const label = (claim: string, value: ClaimValue) => options.label?.(claim, value) ?? String(value)
  const conditions = compiled.statement.where
  const sentences = (wanted: readonly Condition[]) =>
    wanted.map(condition => words.condition(condition, titleOf(condition.claim), value => label(condition.claim, value), options.today))
  const disclosed = conditions.filter(condition => 'disclose' in condition)
  const others = conditions.filter(condition => !('disclose' in condition))
  const exact = exactClaims(compiled)
  return {
    proves: [
      words.holds(options.typeTitle ?? compiled.statement.credentialType),
      ...sentences(others.filter(({ claim }) => !exact.has(claim))),
    ],
    // Who asks whether a value is just this one learns it: it is shown, whatever the proof is called.
    shows: [...sentences(disclosed), ...sentences(others.filter(({ claim }) => exact.has(claim)))],
    pseudonym: words.pseudonym(compiled.statement.pseudonym),
    hides: hiddenIn(compiled, layout, language),
    freshness: words.freshness(compiled.statement.maxRootAgeSeconds),
  }
}

/** Claims whose value follows from the statement: disclosed, or one value only. */
function exactClaims({ claims }: CompiledStatement): ReadonlySet<string> {
  const exact = claims.filter(
    ({ disclosed, range, values }) => disclosed || values?.length === 1 || (range !== undefined && range.least === range.most),
  )
  return new Set(exact.map(({ attribute }) => attribute.claim))
}

function hiddenIn(compiled: CompiledStatement, layout: AttributeLayout, language: Language): readonly string[] {
  const words = wordings[language]
  const exact = exactClaims(compiled)
  const asked = compiled.claims.map(({ attribute }) => attribute)
  const narrowed = asked.filter(({ claim }) => !exact.has(claim))
  const untouched = layout.filter(attribute => !asked.includes(attribute))
  return [
    ...narrowed.map(attribute => words.narrowed(titleIn(attribute, language))),
    ...(untouched.length === 0 ? [] : [words.untouched(untouched.map(attribute => titleIn(attribute, language)))]),
    words.always,
  ]
}

function titleIn({ title }: Attribute, language: Language): string {
  return title[language]
}

interface Wording {
  readonly holds: (credentialType: string) => string
  readonly condition: (condition: Condition, title: string, label: (value: ClaimValue) => string, today: string) => string
  readonly pseudonym: (pseudonym: Statement['pseudonym']) => string
  readonly narrowed: (title: string) => string
  readonly untouched: (titles: readonly string[]) => string
  readonly always: string
  readonly freshness: (seconds: number) => string
}

const chinese: Wording = {
  holds: credentialType => `您持有有效且未被撤销的凭证（${credentialType}）`,
  condition: (condition, title, label, today) => {
    if ('ageAtLeast' in condition) return `${title}：截至 ${today} 已满 ${condition.ageAtLeast} 周岁（自生日当天起算）`
    if ('ageAtMost' in condition) return `${title}：截至 ${today} 未满 ${condition.ageAtMost + 1} 周岁（自生日当天起算）`
    if ('atLeast' in condition) return `${title}：不小于（不早于）${label(condition.atLeast)}`
    if ('atMost' in condition) return `${title}：不大于（不晚于）${label(condition.atMost)}`
    if ('between' in condition) return `${title}：从 ${label(condition.between[0])} 到 ${label(condition.between[1])}（含两端）`
    if ('equals' in condition) return `${title}：为 ${label(condition.equals)}`
    if ('in' in condition) return `${title}：为以下之一：${condition.in.map(label).join('、')}`
    return `${title}：出示具体内容`
  },
  pseudonym: pseudonym => {
    if (pseudonym === 'none') return '验证方无法将本次出示与您的其他出示关联'
    const { purpose, event } = pseudonym
    if (event === undefined) return `验证方可在同一用途（${purpose}）内认出您是同一人；其他验证方看到的代号与此无关`
    return event === 'today'
      ? `此权利（${purpose}）每天限用一次；验证方当天可看出是否已使用`
      : `此权利（${purpose}，第 ${event} 号）限用一次；验证方可看出是否已使用`
  },
  narrowed: title => `${title}的具体内容（除以上所证明的以外）`,
  untouched: titles => `${titles.join('、')}`,
  always: '由哪一家机构签发、是哪一份凭证、何时到期',
  freshness: seconds => `被撤销的凭证最迟在 ${seconds} 秒另加一个公布周期后不再被接受`,
}

const english: Wording = {
  holds: credentialType => `You hold a valid credential that is not revoked (${credentialType})`,
  condition: (condition, title, label, today) => {
    if ('ageAtLeast' in condition) return `${title}: ${condition.ageAtLeast} years or older on ${today}, counted from the birthday itself`
    if ('ageAtMost' in condition)
      return `${title}: not yet ${condition.ageAtMost + 1} years old on ${today}, counted from the birthday itself`
    if ('atLeast' in condition) return `${title}: ${label(condition.atLeast)} or more (later)`
    if ('atMost' in condition) return `${title}: ${label(condition.atMost)} or less (earlier)`
    if ('between' in condition) return `${title}: from ${label(condition.between[0])} to ${label(condition.between[1])}, both included`
    if ('equals' in condition) return `${title}: ${label(condition.equals)}`
    if ('in' in condition) return `${title}: one of ${condition.in.map(label).join(', ')}`
    return `${title}: what it says`
  },
  pseudonym: pseudonym => {
    if (pseudonym === 'none') return 'The verifier cannot link this showing to any other of yours'
    const { purpose, event } = pseudonym
    if (event === undefined)
      return `The verifier recognises you as the same person for one purpose (${purpose}); other verifiers see an unrelated name`
    return event === 'today'
      ? `This right (${purpose}) can be used once a day; the verifier sees whether it was`
      : `This right (${purpose}, number ${event}) can be used once; the verifier sees whether it was`
  },
  narrowed: title => `${title}: what it says, beyond what is proven above`,
  untouched: titles => titles.join(', '),
  always: 'Which institution issued the credential, which one it is, and when it expires',
  freshness: seconds => `A revoked credential is refused after ${seconds} seconds and one epoch at the latest`,
}

const wordings: Readonly<Record<Language, Wording>> = { 'zh-CN': chinese, en: english }
