import { ProofError, type ProofErrorCode } from '../errors.ts'
import { type PresentationRule, presentationRules } from './presentation-rules.ts'

/** What a rule was judged by: hashes, DIDs, heights, times, names of types. Never a claim's value. */
export type PresentationEvidence = Readonly<Record<string, string | number | boolean>>

/** One rule of a verification and how it went. */
export interface PresentationRuleResult {
  /** Stable; see `presentation-rules.ts`. */
  readonly rule: PresentationRule
  /** Which credential it is about, where there are two. */
  readonly credential?: 0 | 1
  readonly passed: boolean
  readonly evidence: PresentationEvidence
  /** What the rule asks, for people; read it with `passed`. */
  readonly text: { readonly 'zh-CN': string; readonly en: string }
}

/** What a verifier keeps: the rules in the order they were checked. Of a refused presentation the last rule is the one that failed. */
export interface PresentationReceipt {
  readonly verdict: 'accepted' | 'refused'
  readonly verifiedAtMs: number
  readonly rules: readonly PresentationRuleResult[]
}

/** A presentation that was refused, with the rules that held and the one that did not. */
export class PresentationError extends ProofError {
  readonly receipt: PresentationReceipt

  constructor(code: ProofErrorCode, message: string, options: { readonly receipt: PresentationReceipt; readonly cause?: unknown }) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause })
    this.receipt = options.receipt
  }
}

/** Collects the rules of one verification into its receipt. */
export class PresentationLog {
  readonly #results: PresentationRuleResult[] = []
  readonly #verifiedAtMs: number
  /** Which credential the next rules are about; undefined for the presentation as a whole. */
  credential: 0 | 1 | undefined

  constructor(verifiedAtMs: number) {
    this.#verifiedAtMs = verifiedAtMs
  }

  /** The rule held. */
  pass(rule: PresentationRule, evidence: PresentationEvidence = {}): void {
    this.#results.push(this.#result(rule, true, evidence))
  }

  /** The rule did not hold: ends the verification. @returns never: throws PresentationError with the receipt so far */
  fail(rule: PresentationRule, code: ProofErrorCode, message: string, evidence: PresentationEvidence = {}, cause?: unknown): never {
    this.#results.push(this.#result(rule, false, evidence))
    throw new PresentationError(code, message, { receipt: this.#receipt('refused'), cause })
  }

  /** Goes on if the condition holds, and ends the verification if not. */
  check(holds: boolean, rule: PresentationRule, code: ProofErrorCode, message: string, evidence: PresentationEvidence = {}): void {
    if (!holds) this.fail(rule, code, message, evidence)
    this.pass(rule, evidence)
  }

  /** Runs a part of the work; a ProofError out of it becomes the failure of `rule`. Other errors pass through. */
  during<Result>(rule: PresentationRule, work: () => Result): Result {
    try {
      return work()
    } catch (error) {
      if (error instanceof ProofError) this.fail(rule, error.code, error.message, {}, error.cause)
      throw error
    }
  }

  /** Asks an outside source, such as the ledger. Its failure says nothing about the presentation: `ERR_PROOF_LOOKUP`, try again later. */
  async lookUp<Answer>(rule: PresentationRule, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (cause) {
      this.fail(rule, 'ERR_PROOF_LOOKUP', 'a source needed for this rule did not answer', {}, cause)
    }
  }

  /** All rules held. */
  accepted(): PresentationReceipt {
    return this.#receipt('accepted')
  }

  #result(rule: PresentationRule, passed: boolean, evidence: PresentationEvidence): PresentationRuleResult {
    const about = this.credential === undefined ? {} : { credential: this.credential }
    return { rule, ...about, passed, evidence, text: presentationRules[rule] }
  }

  #receipt(verdict: PresentationReceipt['verdict']): PresentationReceipt {
    return { verdict, verifiedAtMs: this.#verifiedAtMs, rules: [...this.#results] }
  }
}
