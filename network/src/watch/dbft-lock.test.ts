import { describe, expect, test } from 'vitest'
import { isLocked, isLockedWithout } from './dbft-lock.ts'
import type { NodeConsensus } from './fleet.ts'

const at = (view: number, committedView: number | null = null, height = 10): NodeConsensus => ({
  height,
  view,
  committedView,
  askedForView: null,
})
const times = (count: number, state: NodeConsensus | null): readonly (NodeConsensus | null)[] => new Array(count).fill(state)

describe('seven validators, quorum 5', () => {
  test.each([
    ['nothing is known', times(7, null), false],
    ['all begin', times(7, at(0)), false],
    ['three committed, four went on', [...times(3, at(0, 0)), ...times(4, at(1))], true],
    ['two committed, five went on', [...times(2, at(0, 0)), ...times(5, at(1))], false],
    ['three committed, three went on, one is still there', [...times(3, at(0, 0)), ...times(3, at(1)), at(0)], true],
    ['four committed, two went on, one is still there', [...times(4, at(0, 0)), ...times(2, at(1)), at(0)], false],
    ['four committed, three went on', [...times(4, at(0, 0)), ...times(3, at(1))], true],
    ['commits in two views', [...times(2, at(0, 0)), ...times(3, at(1, 1)), ...times(2, at(1))], false],
    ['commits in two views, too many in the first', [...times(3, at(0, 0)), ...times(3, at(1, 1)), at(1)], true],
    ['three committed, two went on, two unknown', [...times(3, at(0, 0)), ...times(2, at(1)), ...times(2, null)], false],
    ['three committed, three went on, one unknown', [...times(3, at(0, 0)), ...times(3, at(1)), null], true],
    ['one is a block further: the block was made', [...times(3, at(0, 0)), ...times(3, at(1)), at(0, null, 11)], false],
    ['logs of an earlier block do not count', [...times(3, at(0, 0, 9)), ...times(4, at(1))], false],
  ] as const)('%s', (_, states, expected) => {
    expect(isLocked(states, 5)).toBe(expected)
  })
})

/** Whether any order of commits and view changes still leads to a quorum of commits in one view: by trying all. */
function canFinish(states: readonly NodeConsensus[], quorum: number, maxView: number): boolean {
  const seen = new Set<string>()
  const visit = (current: readonly NodeConsensus[]): boolean => {
    const key = JSON.stringify(current.map(({ view, committedView }) => [view, committedView]).sort())
    if (seen.has(key)) return false
    seen.add(key)
    const committed = (view: number) => current.filter(state => state.committedView === view).length
    if (current.some(({ view }) => committed(view) >= quorum)) return true
    return current.some(({ view, committedView }, index) => {
      if (committedView !== null) return false
      const become = (next: NodeConsensus) => visit(current.map((state, other) => (other === index ? next : state)))
      return become(at(view, view)) || (view < maxView && become(at(view + 1)))
    })
  }
  return visit(states)
}

test('is right for every state of four validators in up to three views', () => {
  const choices = [0, 1, 2].flatMap(view => [at(view), at(view, view)])
  let checked = 0
  for (const a of choices)
    for (const b of choices)
      for (const c of choices)
        for (const d of choices) {
          const states = [a, b, c, d]
          expect(isLocked(states, 3), JSON.stringify(states)).toBe(!canFinish(states, 3, 3))
          checked++
        }
  expect(checked).toBe(1296)
})

describe('seven validators, of whom up to two may keep silent', () => {
  test.each([
    ['all begin', times(7, at(0)), 2, false],
    ['all have gone on together', times(7, at(3)), 2, false],
    ['four committed, two went on, one is still there', [...times(4, at(0, 0)), ...times(2, at(1)), at(0)], 1, true],
    ['the same, if nobody keeps silent', [...times(4, at(0, 0)), ...times(2, at(1)), at(0)], 0, false],
    ['two committed, five went on', [...times(2, at(0, 0)), ...times(5, at(1))], 1, true],
    ['one committed, six went on', [at(0, 0), ...times(6, at(1))], 1, false],
    ['all committed in one view', times(7, at(0, 0)), 2, false],
  ] as const)('%s', (_, states, faults, expected) => {
    expect(isLockedWithout(states, 5, faults)).toBe(expected)
  })
})
