import { LightClient, type NetworkDescriptor } from '@hufu/ledger'
import type { Logger } from 'pino'
import { ClockWatch } from './clock-watch.ts'

/** Watches this server's clock by the headers that a network's validators have signed. */
export function openClockWatch(network: NetworkDescriptor, log: Pick<Logger, 'error' | 'info'>): ClockWatch {
  // Whether a header is old or ahead is for the watch to say: this client takes each that is signed.
  const client = new LightClient({ network, clock: { nowMs: () => Number.MAX_SAFE_INTEGER }, maxAgeMs: Number.POSITIVE_INFINITY })
  return new ClockWatch({
    newestHeader: () => client.sync(),
    onChange: error => (error === undefined ? log.info('the clock is right') : log.error({ err: error }, 'the clock is wrong')),
  })
}
