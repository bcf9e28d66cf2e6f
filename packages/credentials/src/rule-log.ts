import { CredentialError, type CredentialErrorCode } from './errors.ts'
import type { Evidence, Receipt, RuleResult } from './receipt.ts'
import { type RuleId, rules } from './rules.ts'

/** Collects the rules of one verification into its receipt. */
export class RuleLog {
  readonly #results: RuleResult[] = []
  readonly #verifiedAtMs: number

  constructor(verifiedAtMs: number) {
    this.#verifiedAtMs = verifiedAtMs
  }

  /** The rule held. */
  pass(rule: RuleId, evidence: Evidence = {}): void {
    this.#results.push({ rule, passed: true, evidence, text: rules[rule] })
  }

  /** The rule did not hold: ends the verification. @returns never: throws CredentialError with the receipt so far */
  fail(rule: RuleId, code: CredentialErrorCode, message: string, evidence: Evidence = {}, cause?: unknown): never {
    this.#results.push({ rule, passed: false, evidence, text: rules[rule] })
    throw new CredentialError(code, message, { receipt: this.#receipt('refused'), ...(cause === undefined ? {} : { cause }) })
  }

  /** Runs a part of the work; a CredentialError out of it becomes the failure of `rule`, with `code` if one is given. Other errors pass through. */
  async during<Result>(rule: RuleId, work: () => Result | Promise<Result>, code?: CredentialErrorCode): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof CredentialError && error.receipt === undefined)
        this.fail(rule, code ?? error.code, error.message, {}, code === undefined ? error.cause : error)
      throw error
    }
  }

  /** Asks an outside source, such as the ledger. Its failure says nothing about the credential: `ERR_CREDENTIAL_LOOKUP`, try again later. */
  async lookUp<Answer>(rule: RuleId, ask: () => Answer | Promise<Answer>): Promise<Answer> {
    try {
      return await ask()
    } catch (cause) {
      this.fail(rule, 'ERR_CREDENTIAL_LOOKUP', 'a source needed for this rule did not answer', {}, cause)
    }
  }

  /** All rules held. */
  accepted(): Receipt {
    return this.#receipt('accepted')
  }

  #receipt(verdict: Receipt['verdict']): Receipt {
    return { verdict, verifiedAtMs: this.#verifiedAtMs, rules: [...this.#results] }
  }
}
