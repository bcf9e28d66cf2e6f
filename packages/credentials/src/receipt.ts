import type { RuleId } from './rules.ts'

/** What a rule was judged by: hashes, DIDs, block heights, times, names of types. Never a claim's value. */
export type Evidence = Readonly<Record<string, string | number | boolean>>

/** One rule of a verification and how it went. */
export interface RuleResult {
  /** Stable; see `rules.ts`. */
  readonly rule: RuleId
  readonly passed: boolean
  readonly evidence: Evidence
  /** What the rule asks, for people; read it with `passed`. */
  readonly text: { readonly 'zh-CN': string; readonly en: string }
}

/** What a verifier keeps: the rules in the order they were checked. Of a refused credential the last rule is the one that failed. */
export interface Receipt {
  readonly verdict: 'accepted' | 'refused'
  readonly verifiedAtMs: number
  readonly rules: readonly RuleResult[]
}
