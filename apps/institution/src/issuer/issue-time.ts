import type { IssuerLedger } from './issuer-ledger.ts'

const hourMs = 3_600_000

/**
 * The moment that credentials say they were issued at: the beginning of the hour, so that copies of one person do not stand out by their time; the moment
 * itself where the institution was not accredited for that long, or has had its key for less.
 */
export async function issueTimeMs(ledger: IssuerLedger, typeId: string, nowMs: number): Promise<number> {
  const hour = nowMs - (nowMs % hourMs)
  const second = nowMs - (nowMs % 1_000)
  return (await ledger.mayIssue(typeId, hour)) ? hour : second
}
