import type { Evidence } from '@hufu/credentials'
import type { Texts } from '@hufu/trust'
import { type AnswerRule, type AnyRule, answerRules } from './answer-rules.ts'
import type { VerifierErrorCode } from './errors.ts'

/** One rule of an answer and how it went. Evidence holds hashes, DIDs, heights, times and names, never a claim's value. */
export interface AnswerRuleResult {
  readonly rule: AnyRule
  /** Of the query: which of its credentials the rule is about; undefined for the answer as a whole. */
  readonly credential?: string
  readonly passed: boolean
  readonly evidence: Evidence
  readonly text: Texts
}

/** What a verifier keeps of an answer: the rules in the order they were checked. Of a refused answer the last one is the one that failed. */
export interface AnswerReceipt {
  readonly verdict: 'accepted' | 'refused' | 'declined'
  readonly verifiedAtMs: number
  /** DID. */
  readonly verifier: string
  readonly query: { readonly id: string; readonly version: number }
  readonly rules: readonly AnswerRuleResult[]
}

/** An answer that is refused, or of which it could not be found out (`undecided`). */
export class AnswerRefusal extends Error {
  readonly rule: AnyRule
  /** Of docs/errors.md: what was wrong. */
  readonly code: string
  readonly detail: string
  /** Nobody knows whether the answer is good: a source did not answer. */
  readonly undecided: boolean

  constructor(options: {
    readonly rule: AnyRule
    readonly code: string
    readonly detail: string
    readonly undecided?: boolean
    readonly cause?: unknown
  }) {
    super(options.detail, { cause: options.cause })
    this.rule = options.rule
    this.code = options.code
    this.detail = options.detail
    this.undecided = options.undecided ?? false
  }
}

type Parts = Pick<AnswerReceipt, 'verifier' | 'query'>

/** Collects the rules of one answer. */
export class AnswerLog {
  readonly #parts: Parts
  readonly #atMs: number
  readonly #rules: AnswerRuleResult[] = []

  constructor(parts: Parts, atMs: number) {
    this.#parts = parts
    this.#atMs = atMs
  }

  /** A rule of the answer as a whole held. */
  pass(rule: AnswerRule, evidence: Evidence = {}): void {
    this.#rules.push({ rule, passed: true, evidence, text: answerRules[rule] })
  }

  /** A rule of the answer as a whole did not hold. @returns never: throws AnswerRefusal */
  fail(
    rule: AnswerRule,
    code: string | VerifierErrorCode,
    detail: string,
    options: { readonly cause?: unknown; readonly undecided?: boolean } = {},
  ): never {
    if (options.undecided !== true) this.#rules.push({ rule, passed: false, evidence: {}, text: answerRules[rule] })
    throw new AnswerRefusal({ rule, code, detail, ...options })
  }

  /** What a credential's own verification found. */
  add(credential: string, results: readonly Omit<AnswerRuleResult, 'credential'>[]): void {
    for (const { rule, passed, evidence, text } of results) this.#rules.push({ rule, credential, passed, evidence, text })
  }

  /** The last rule of an answer turned out not to hold when everything else was done. */
  overturn(rule: AnyRule): void {
    const index = this.#rules.findLastIndex(result => result.rule === rule)
    if (index >= 0) this.#rules.splice(index, this.#rules.length - index, { ...this.#rules[index]!, passed: false })
  }

  receipt(verdict: AnswerReceipt['verdict']): AnswerReceipt {
    return { verdict, verifiedAtMs: this.#atMs, ...this.#parts, rules: [...this.#rules] }
  }
}
