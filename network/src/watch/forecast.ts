import type { StallForecast } from './fleet.ts'

/** What a forecast goes by. */
export interface ForecastFacts {
  readonly isStalled: boolean
  readonly margin: number
  /** Of each validator that takes part, until its disk is full; null if it does not fill. */
  readonly diskFullInMs: readonly (number | null)[]
  /** View changes in the earlier and in the later half of the window. */
  readonly earlierViewChanges: number
  readonly laterViewChanges: number
}

const manyViewChanges = 10

/** Says whether the chain will stand still, from the margin and from what grows. */
export function forecastStall({ isStalled, margin, diskFullInMs, earlierViewChanges, laterViewChanges }: ForecastFacts): StallForecast {
  if (isStalled || margin < 0) {
    return { level: 'now', inMs: 0, why: { en: 'The chain stands still.', 'zh-CN': '链已停止出块。' } }
  }
  // The chain stops with the disk that takes away one validator more than it can spare.
  const inMs = diskFullInMs.filter(each => each !== null).toSorted((left, right) => left - right)[margin] ?? null
  if (margin === 0) {
    return {
      level: 'nextFault',
      inMs,
      why: { en: 'No validator can be spared: the next one lost stops the chain.', 'zh-CN': '已无冗余：再失去一个验证节点，链即停止。' },
    }
  }
  if (inMs !== null) {
    const hours = Math.max(1, Math.round(inMs / 3_600_000))
    return {
      level: 'trend',
      inMs,
      why: {
        en: `At the pace of late, the disks of ${margin + 1} validators are full in about ${hours} h, and the chain stops.`,
        'zh-CN': `按近期速度，约 ${hours} 小时后将有 ${margin + 1} 个验证节点磁盘写满，链将停止。`,
      },
    }
  }
  if (laterViewChanges >= manyViewChanges && laterViewChanges >= 2 * earlierViewChanges) {
    return {
      level: 'trend',
      inMs: null,
      why: {
        en: `View changes grow (${earlierViewChanges}, then ${laterViewChanges}): validators miss their turn, or the links between them are slow.`,
        'zh-CN': `视图更换增多（先 ${earlierViewChanges} 次，后 ${laterViewChanges} 次）：有验证节点错过出块，或节点间链路缓慢。`,
      },
    }
  }
  return { level: 'none', inMs: null, why: { en: 'Nothing in sight that would stop the chain.', 'zh-CN': '未见会使链停止的迹象。' } }
}
