import { Counter, Gauge, type Registry } from 'prom-client'
import type { SessionCounts } from './transfers/session-book.ts'

/** What the gateway counts. Labels hold outcomes and codes, nothing of a person. */
export interface GatewayMetrics {
  sent(outcome: 'answered' | 'failed'): void
  received(outcome: 'answered' | 'refused'): void
  viewed(outcome: 'given' | 'refused'): void
}

export function gatewayMetrics(registry: Registry, counts: () => Promise<SessionCounts>): GatewayMetrics {
  const registers = [registry]
  const sent = new Counter({
    ...{ name: 'hufu_gateway_messages_sent_total', help: 'Messages sent to counterparts, each try', registers },
    labelNames: ['outcome'] as const,
  })
  const received = new Counter({
    ...{ name: 'hufu_gateway_messages_received_total', help: 'Messages that came from others', registers },
    labelNames: ['outcome'] as const,
  })
  const views = new Counter({
    ...{ name: 'hufu_gateway_views_total', help: 'Views that counterparts asked for', registers },
    labelNames: ['outcome'] as const,
  })
  new Gauge({
    name: 'hufu_gateway_transfers',
    help: 'Transfers under way, those of them that failed five times in a row or more, completed, and given up',
    labelNames: ['state'],
    registers,
    async collect() {
      for (const [state, count] of Object.entries(await counts())) this.set({ state }, count)
    },
  })
  return {
    sent: outcome => sent.inc({ outcome }),
    received: outcome => received.inc({ outcome }),
    viewed: outcome => views.inc({ outcome }),
  }
}
