import { describe, expect, test } from 'vitest'
import type { Circumstances } from '../circumstances.ts'
import type { ComparisonResult, Measure, Round } from '../compare.ts'
import { median } from '../statistics.ts'
import { pageHtml } from './page.ts'

const circumstances: Circumstances = {
  at: '2026-11-27T20:00:00.000Z',
  cpu: 'Some CPU',
  cores: 2,
  memoryGiB: 24,
  load: 0.5,
  node: 'v24.21.0',
}

function result(name: string, ratios: readonly number[], measure: Partial<Measure> = {}, rest: Partial<ComparisonResult> = {}) {
  const perRound: Round[] = ratios.map(ratio => ({
    a: { perSecond: ratio },
    b: { perSecond: 1 },
    loopMs: { before: 40, after: 41 },
    isKept: true,
  }))
  const judged = median(ratios)
  const measures = [
    { figure: 'perSecond', of: 'A/B', ...measure, a: judged, b: 1, judged, low: Math.min(...ratios), high: Math.max(...ratios) },
  ]
  return {
    circumstances,
    result: {
      ...{ name, description: 'ours or theirs', peer: 'peer 1.2.3', a: 'ours', b: 'theirs', rounds: ratios.length, dropped: 0 },
      ...{ seconds: { open: 1, all: 2 }, measures, perRound, ...rest },
    } as ComparisonResult,
  }
}

const nine = [2, 2.1, 1.9, 2, 2.2, 1.8, 2, 2, 2.05]

test('shows what was missed first, then what has no verdict, what was met, and what is for information', () => {
  const page = pageHtml(
    [
      result('informing', nine),
      result('meeting', nine, { goal: { atLeast: 1.5 } }),
      result('noisy', nine, { goal: { atLeast: 1.5 } }, { dropped: 4 }),
      result('missing', nine, { goal: { atLeast: 3 } }),
    ],
    [],
  )
  const articles = [...page.matchAll(/<article class="card" id="(\w+)">/g)].map(match => match[1])
  expect(articles).toEqual(['missing', 'noisy', 'meeting', 'informing'])
  const goals = [...page.matchAll(/<a class="row ([\w-]+)"/g)].map(match => match[1])
  expect(goals).toEqual(['missed', 'too-noisy', 'met'])
})

test('has a dot for every round, and tells those that were dropped', () => {
  const each = result('some', nine)
  const [first, ...others] = each.result.perRound
  const page = pageHtml([{ ...each, result: { ...each.result, perRound: [{ ...first!, isKept: false }, ...others], dropped: 1 } }], [])
  expect(page.match(/<circle class="dot" /g)).toHaveLength(8)
  expect(page.match(/<circle class="dot dropped" /g)).toHaveLength(1)
  expect(page).toContain('<title>round 1: 2, dropped</title>')
})

test('names peers by version, circumstances and how noisy the machine was', () => {
  const page = pageHtml([result('some', nine, {}, { dropped: 1 })], [])
  expect(page).toContain('peer 1.2.3')
  expect(page).toContain('2 cores (Some CPU), 24 GiB, Node 24.21.0')
  expect(page).toContain('moved by 2.5 % within a round (median), 11 % of the rounds were dropped, load 0.5 to 0.5')
})

test('escapes what it is given', () => {
  const page = pageHtml([result('<script>alert(1)</script>', nine, { goal: { atMost: 1 } }, { description: '"<b>"', peer: 'a & b' })], [])
  expect(page).not.toContain('<script')
  expect(page).not.toContain('"<b>"')
  expect(page).toContain('a &amp; b')
})

test('asks nothing of anywhere else', () => {
  expect(pageHtml([result('some', nine)], [])).not.toMatch(/https?:|src=|@import|url\(/)
})

test('makes a page of results from before rounds were kept', () => {
  const { perRound: _, peer: __, seconds: ___, ...old } = result('old', nine, { goal: { atLeast: 1 } }).result
  expect(pageHtml([{ circumstances, result: old as ComparisonResult }], [])).toContain('A/B = 2 (1.8–2.2)')
})

describe('curves', () => {
  const curve = {
    ...{ name: 'Leaves', xLabel: 'leaves', yLabel: 'time', unit: 's', bottleneck: 'memory <of> a node', circumstances },
    series: [
      { name: 'append', points: [1_000, 10_000, 100_000, 1_000_000].map(x => ({ x, y: x / 1_000, low: x / 1_100, high: x / 900 })) },
      { name: 'load', points: [{ x: 1_000, y: 1 }] },
    ],
  }

  test('are drawn with a line for each series, and say what is next', () => {
    const page = pageHtml([], [curve])
    expect(page.match(/<g class="curve series-\d"/g)).toHaveLength(2)
    expect(page).toContain('memory &lt;of&gt; a node')
    expect(page.match(/<circle cx/g)).toHaveLength(5)
  })

  test('are left out where nothing was measured', () => {
    expect(pageHtml([], [])).not.toContain('Growth')
    expect(pageHtml([], [{ ...curve, series: [] }])).not.toContain('<g class="curve')
  })
})
