import { cpus, loadavg, totalmem } from 'node:os'

/** Where and when something was measured. */
export interface Circumstances {
  readonly at: string
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  /** Load average over a minute, before it began. */
  readonly load: number
  readonly node: string
}

export function circumstancesNow(): Circumstances {
  return {
    at: new Date().toISOString(),
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    load: loadavg()[0]!,
    node: process.version,
  }
}
