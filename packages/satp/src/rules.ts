/** Times that a gateway keeps, in milliseconds. */
export interface Rules {
  /** Beneficiary: a lock that ends sooner is not worth beginning with. */
  readonly minLockMs: number
  /** Beneficiary: nor is one that holds a title for longer. */
  readonly maxLockMs: number
  /** Originator: so long before the lock ends nothing leaves any more, and it is unlocked when its time has passed. */
  readonly leaveMarginMs: number
  /** Both: an agreement that takes longer is given up, before anything is locked. */
  readonly agreeWithinMs: number
  /** Beneficiary: so long after the lock's end it waits for what may have left, before it closes the session. */
  readonly graceMs: number
  /** Originator: so long it tries to tell the other that all is done. */
  readonly completeWithinMs: number
  /** The first wait before a message or a call is tried again; doubled each time. */
  readonly retryMinMs: number
  readonly retryMaxMs: number
}

export const defaultRules: Rules = {
  minLockMs: 60_000,
  maxLockMs: 24 * 3_600_000,
  leaveMarginMs: 15_000,
  agreeWithinMs: 120_000,
  graceMs: 600_000,
  completeWithinMs: 24 * 3_600_000,
  retryMinMs: 1_000,
  retryMaxMs: 60_000,
}
