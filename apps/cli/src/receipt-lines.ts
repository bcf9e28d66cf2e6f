import type { Texts } from './language.ts'
import type { Output } from './output.ts'

const verdicts = {
  accepted: { en: 'ACCEPTED', 'zh-CN': '通过' },
  refused: { en: 'REFUSED', 'zh-CN': '拒绝' },
  undecided: { en: 'UNDECIDED', 'zh-CN': '无法判定' },
} as const

/** What a command says of a verification; `undecided` where a source did not answer, which says nothing about the credential. */
export type Verdict = keyof typeof verdicts

/** A receipt of any kind of verification. */
export interface ShownReceipt {
  readonly verdict: 'accepted' | 'refused'
  readonly verifiedAtMs: number
  readonly rules: readonly { readonly passed: boolean; readonly text: Texts; readonly evidence: Readonly<Record<string, unknown>> }[]
}

/** A receipt for people: a line for each rule, with its evidence. */
export function receiptLines(receipt: ShownReceipt, output: Output, decided: Verdict = receipt.verdict): readonly string[] {
  const verdict = verdicts[decided]
  const rules = receipt.rules.map(({ passed, text, evidence }) => {
    const details = Object.entries(evidence).map(([name, value]) => `${name} ${shorten(String(value))}`)
    return `  ${passed ? '✓' : '✗'} ${output.text(text)}${details.length === 0 ? '' : `  [${details.join(', ')}]`}`
  })
  return [`${output.text(verdict)}  ${new Date(receipt.verifiedAtMs).toISOString()}`, ...rules]
}

function shorten(value: string): string {
  return value.length > 56 ? `${value.slice(0, 24)}…${value.slice(-12)}` : value
}
