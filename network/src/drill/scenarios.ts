import type { Scenario } from './scenario.ts'
import { keyRotation, seatChangesHands } from './scenarios/change-keys.ts'
import { clockSkew } from './scenarios/clock-skew.ts'
import { loseOne, loseTwo } from './scenarios/lose-few.ts'
import { allSevenKilled, loseThreeAndHeal, partition43, partitionUnderLoad } from './scenarios/lose-quorum.ts'
import { rollingUpgrade } from './scenarios/rolling-upgrade.ts'

/** Every drill there is, by name. */
export const drillScenarios: readonly Scenario[] = [
  loseOne,
  loseTwo,
  loseThreeAndHeal,
  partition43,
  partitionUnderLoad,
  allSevenKilled,
  rollingUpgrade,
  keyRotation,
  seatChangesHands,
  clockSkew,
]
