import { LedgerError } from './errors.ts'
import { readText } from './rpc-node.ts'

const maxMetricsBytes = 1_048_576

/**
 * Index of the last block that a neo-go validator has on its disk.
 *
 * The gauge is set after the database's transaction was committed, with fsync (BoltDB). Despite its help text ("block count") it is the block's index.
 *
 * @throws LedgerError `ERR_LEDGER_UNREACHABLE`, `ERR_LEDGER_ANSWER`
 */
export async function fetchPersistedHeight(fetch: typeof globalThis.fetch, metricsUrl: string, timeoutMs: number): Promise<number> {
  const height = Number(/^neogo_persisted_height (\S+)$/m.exec(await fetchMetrics(fetch, metricsUrl, timeoutMs))?.[1])
  if (!Number.isSafeInteger(height) || height < 0) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected metrics with the persisted height')
  return height
}

async function fetchMetrics(fetch: typeof globalThis.fetch, metricsUrl: string, timeoutMs: number): Promise<string> {
  try {
    // Plain text: compressing it costs the validator more than sending it.
    const response = await fetch(metricsUrl, {
      headers: { 'accept-encoding': 'identity' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!response.ok) throw new LedgerError('ERR_LEDGER_ANSWER', 'expected HTTP status 200')
    return await readText(response, maxMetricsBytes)
  } catch (cause) {
    if (cause instanceof LedgerError) throw cause
    throw new LedgerError('ERR_LEDGER_UNREACHABLE', 'validator gave no metrics', { cause })
  }
}
