import type { Argument } from './argument.ts'
import type { ScriptHash } from './script-hash.ts'

/** One call of a contract's method, as data: what bindings make, and what `invokeRead` and `submit` take. */
export interface ContractCall {
  readonly contract: ScriptHash
  readonly method: string
  readonly args: readonly Argument[]
}
