import { Counter, Histogram, type Registry } from 'prom-client'

/** What the verifier counts. Labels are names of our own and of registered queries. */
export interface VerifierMetrics {
  readonly begun: Counter<'query' | 'purpose'>
  readonly answers: Counter<'query' | 'verdict' | 'rule'>
  readonly verifySeconds: Histogram
}

/** Makes the verifier's metrics, or finds those that the registry has. */
export function verifierMetrics(registry: Registry): VerifierMetrics {
  return {
    begun:
      (registry.getSingleMetric('hufu_presentations_begun_total') as VerifierMetrics['begun'] | undefined) ??
      new Counter({
        name: 'hufu_presentations_begun_total',
        help: 'Presentations that were asked for.',
        labelNames: ['query', 'purpose'],
        registers: [registry],
      }),
    answers:
      (registry.getSingleMetric('hufu_presentation_answers_total') as VerifierMetrics['answers'] | undefined) ??
      new Counter({
        name: 'hufu_presentation_answers_total',
        help: 'Answers of wallets: accepted, refused (and by which rule), declined, undecided.',
        labelNames: ['query', 'verdict', 'rule'],
        registers: [registry],
      }),
    verifySeconds:
      (registry.getSingleMetric('hufu_presentation_verify_seconds') as Histogram | undefined) ??
      new Histogram({
        name: 'hufu_presentation_verify_seconds',
        help: 'Time from an answer’s arrival until it was taken or refused.',
        buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
        registers: [registry],
      }),
  }
}
