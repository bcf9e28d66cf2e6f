import type { DrillNetwork, DrillNetworkOptions } from './drill-network.ts'
import type { DrillRun } from './drill-report.ts'
import type { SeededRandom } from './seeded-random.ts'

/** A text in both languages of the operators. */
export interface DrillTexts {
  readonly en: string
  readonly 'zh-CN': string
}

/** What a scenario plays on. */
export interface Stage {
  readonly network: DrillNetwork
  /** Decides whom it hits; follows from the seed. */
  readonly random: SeededRandom
  /** The long form: every pair, every node, longer faults. */
  readonly isLong: boolean
  /** Tells people what happens just now. */
  readonly say: (texts: DrillTexts) => void
}

/** Something that happens to a network, and what it promises to bear. */
export interface Scenario {
  readonly name: string
  readonly what: DrillTexts
  /** What the load and the lines are like, unless the caller says otherwise. */
  readonly settings: Pick<DrillNetworkOptions, 'writesPerSecond' | 'delayMs' | 'jitterMs' | 'hasCouncil'>
  /** The load runs when it begins; ledgers are compared after it. */
  readonly play: (stage: Stage) => Promise<readonly DrillRun[]>
}
