import type { Queries } from './database.ts'

/** Values that count once, among all replicas and across restarts: nonces, codes, `jti`s. */
export interface OneUseValues {
  /**
   * Uses a value, in the transaction that `queries` belongs to.
   *
   * @param kind - what it is, such as `vci nonce`; the same text of two kinds is two values
   * @param untilMs - until when it must be remembered: later it is refused for another reason
   * @returns false if it was used before
   */
  use(queries: Queries, kind: string, value: string, untilMs: number): Promise<boolean>
}
