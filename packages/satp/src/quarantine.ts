import { SatpError } from './errors.ts'
import type { GatewayPorts, Quarantined } from './ports.ts'

/** Puts a message that failed aside. An error that is not about the message, such as a log that is full, is none. */
export async function quarantine(
  error: unknown,
  item: Omit<Quarantined, 'atMs' | 'code' | 'detail'>,
  ports: Pick<GatewayPorts, 'quarantine' | 'clock'>,
): Promise<void> {
  if (!(error instanceof SatpError) || !isAboutMessage(error)) return
  await ports.quarantine({ atMs: ports.clock.nowMs(), code: error.code, detail: error.message, ...item })
}

/** False for what is wrong on our side. */
export function isAboutMessage({ code }: SatpError): boolean {
  return code !== 'ERR_SATP_LOG_CONFLICT' && code !== 'ERR_SATP_LOG_DAMAGED' && code !== 'ERR_SATP_WAITING'
}
