import { identifiersFaults, proofsFaults, statusFaults, trustFaults } from '@hufu/bindings'
import { expect, test } from 'vitest'
import { checkHistory } from './check-history.ts'
import type { Effect, History, ObjectModel, RecordedRead, RecordedWrite } from './history.ts'
import { anchorModel } from './models/anchor-model.ts'
import { identifierModel } from './models/identifier-model.ts'
import { nullifierModel } from './models/nullifier-model.ts'
import { noTree, type TreeAction, treeModel } from './models/tree-model.ts'
import { type TrustAction, type TrustState, trustModel } from './models/trust-model.ts'

const options = { mostBehindMs: 1_000 }
const timeOf = (blockIndex: number): number => 1_000_000 + blockIndex * 1_000
/** The wall clock where the recording's says 0: block n is made 500 ms before the time 10 n. */
const originMs = 1_000_000

/** A history that is right: each action durable, in a block of its own from 5 on, called and answered between 10 n and 10 n + 5; then read at each height. */
function rightHistory<State, Action, Question>(
  model: ObjectModel<State, Action, Question>,
  start: State,
  actions: readonly Action[],
  questions: readonly Question[],
): History<State, Action, Question> {
  const writes: RecordedWrite<Action>[] = []
  const effects: Effect[] = []
  const reads: RecordedRead<Question>[] = []
  let state = start
  for (const [index, action] of actions.entries()) {
    const blockIndex = 5 + index
    const [transactionHash, calledMs] = [`tx ${blockIndex}`, 10 * blockIndex]
    const applied = model.apply(state, action, { blockIndex, timeMs: timeOf(blockIndex) })
    if ('refusal' in applied) throw new Error(`a history that is right was refused: ${applied.refusal}`)
    state = applied.next
    writes.push({ object: 'a', action, transactionHash, calledMs, returnedMs: calledMs + 5, outcome: { kind: 'durable', blockIndex } })
    effects.push({ object: 'a', transactionHash, blockIndex, timeMs: timeOf(blockIndex), said: applied.said })
    for (const question of questions)
      reads.push(readAt(model, state, question, { height: blockIndex, calledMs: calledMs + 6, returnedMs: calledMs + 8 }))
  }
  return { model, initial: new Map([['a', start]]), writes, effects, reads }
}

function readAt<State, Question>(
  model: Pick<ObjectModel<State, never, Question>, 'answer'>,
  state: State,
  question: Question,
  changes: Partial<RecordedRead<Question>>,
): RecordedRead<Question> {
  const place = { object: 'a', node: 'node 1', life: 1, height: 5, calledMs: 56, returnedMs: 58 }
  return { ...place, question, answer: model.answer(state, question), ...changes }
}

function refused<Action>(action: Action, reason: string, changes: Partial<RecordedWrite<Action>> = {}): RecordedWrite<Action> {
  return { object: 'a', action, transactionHash: undefined, calledMs: 81, returnedMs: 84, outcome: { kind: 'refused', reason }, ...changes }
}

function verdict<State, Action, Question>(
  history: History<State, Action, Question>,
  changes: Partial<History<State, Action, Question>> = {},
) {
  return checkHistory({ ...history, ...changes }, { ...options, originMs })
}

function found<State, Action, Question>(
  history: History<State, Action, Question>,
  changes: Partial<History<State, Action, Question>> = {},
): string {
  return verdict(history, changes).violations.join('; ')
}

/** All but the last change, as if the ledger had forgotten it. */
function withoutLast<Item>(items: readonly Item[]): readonly Item[] {
  return items.slice(0, -1)
}

const identifier = rightHistory(
  identifierModel,
  [{ document: 'made', blockIndex: 1 }],
  [
    { expectedVersion: 1, document: 'x' },
    { expectedVersion: 2, document: 'y' },
  ],
  [0, 1, 2],
)

const at = { authority: 'au', council: 'co' }
const institution = { blockIndex: 1, timeMs: 0, status: 1, reason: 0, validFromMs: 0, validUntilMs: 9e15, actor: 'au' }
const noRight: TrustState = { ...at, grants: new Map([['', [institution]]]) }
const accredit: TrustAction = { method: 'accredit', name: 't', validFromMs: 0, validUntilMs: timeOf(100) }
const change = (method: 'suspend' | 'reinstate' | 'revoke', actor: 'authority' | 'council' = 'authority', name = 't'): TrustAction => ({
  ...{ method, actor, name },
  reason: 3,
})
const askOf = (...timesMs: number[]) => ({ name: 't', timesMs })
const right = rightHistory(
  trustModel,
  noRight,
  [accredit, change('suspend'), change('reinstate'), change('revoke')],
  [askOf(timeOf(5), timeOf(6), timeOf(99), timeOf(100))],
)

/** Stands in for the hash tree. */
const rootOf = (leaves: readonly string[]): string => `root of ${leaves.join(' ')}`
const model = treeModel(rootOf)
const append = (firstIndex: number, leaves: readonly string[], before: readonly string[]): TreeAction => ({
  ...{ method: 'append', firstIndex, leaves },
  root: rootOf([...before, ...leaves]),
})
const revoke = (index: number, leaves: readonly string[]): TreeAction => ({
  ...{ method: 'set', indices: [index], leaves: ['0'] },
  root: rootOf(leaves.with(index, '0')),
})
const tree = rightHistory(model, noTree, [append(0, ['p', 'q'], []), revoke(0, ['p', 'q']), append(2, ['r'], ['0', 'q'])], [0, 1, 2])

const list = rightHistory(anchorModel, [], [{ hash: 'h1' }, { hash: 'h2' }, { hash: 'h3' }], [0, 1, 2])

const spending = rightHistory(nullifierModel, { spentWith: undefined }, [{ commitment: 'c' }], [['c', 'd']])
const unspent = { spentWith: undefined }

const none = { violations: [], staleness: { staleReads: 0, staleRefusals: 0, mostMs: 0 } }

test('finds nothing in histories that one order explains', () => {
  for (const history of [identifier, right, tree, list, spending]) expect(verdict(history as never)).toEqual(none)
})

test('a write of which nobody was told may have taken effect, or not', () => {
  const unknown = (write: (typeof identifier.writes)[number]) => ({
    ...write,
    returnedMs: Number.POSITIVE_INFINITY,
    outcome: { kind: 'unknown' } as const,
  })
  expect(found(identifier, { writes: identifier.writes.map(unknown) })).toBe('')
  const another = unknown({ ...identifier.writes[0]!, transactionHash: 'tx of nobody' })
  expect(found(identifier, { writes: [...identifier.writes, another] })).toBe('')
})

test('a refusal is explained by a state that was there; one by a node that was behind is counted', () => {
  const late = { calledMs: 72, returnedMs: 75 }
  expect(
    verdict(identifier, {
      writes: [...identifier.writes, refused({ expectedVersion: 2, document: 'z' }, identifiersFaults.version, late)],
    }),
  ).toEqual(none)
  // On the version that is the latest: only who does not have it yet refuses.
  const early = refused({ expectedVersion: 3, document: 'z' }, identifiersFaults.version, late)
  expect(verdict(identifier, { writes: [...identifier.writes, early] })).toMatchObject({ violations: [], staleness: { staleRefusals: 1 } })
})

test('a node that is behind is measured, and refused beyond what is promised', () => {
  const stale = readAt(
    identifierModel,
    [
      { document: 'made', blockIndex: 1 },
      { document: 'x', blockIndex: 5 },
    ],
    0,
    { node: 'node 2', height: 5, calledMs: 95, returnedMs: 96 },
  )
  const { violations, staleness } = verdict(identifier, { reads: [...identifier.reads, stale] })
  expect(violations).toEqual([])
  expect(staleness).toEqual({ staleReads: 1, staleRefusals: 0, mostMs: 30 })
  const staler = { ...stale, calledMs: 1_066, returnedMs: 1_067 }
  expect(found(identifier, { reads: [...identifier.reads, staler] })).toContain('1001 ms behind, more than 1000')
})

const [first, second] = [identifier.writes[0]!, identifier.writes[1]!]
const firstState = identifier.initial.get('a')!

test.each<[string, Partial<typeof identifier>, string]>([
  ['a durable write is gone', { effects: withoutLast(identifier.effects) }, 'a durable write of block 6 is gone'],
  [
    'a durable write is in another block',
    { writes: [{ ...first, outcome: { kind: 'durable', blockIndex: 4 } }, second] },
    'in block 4 is in block 5',
  ],
  ['a version that nobody made', { writes: [second] }, 'change 1 was made by 0 writes'],
  ['a version that two made', { writes: [first, first, second] }, 'change 1 was made by 2 writes'],
  [
    'a write on an old version that counted',
    { writes: [first, { ...second, action: { expectedVersion: 1, document: 'y' } }] },
    `should have been refused: ${identifiersFaults.version}`,
  ],
  [
    'a write that was refused and took effect',
    { writes: [first, { ...second, outcome: { kind: 'refused', reason: identifiersFaults.version } }] },
    'took effect that was refused',
  ],
  [
    'a write that had failed for good and took effect',
    { writes: [first, { ...second, outcome: { kind: 'failed' } }] },
    'took effect that was failed',
  ],
  [
    'a refusal that no state explains',
    { writes: [...identifier.writes, refused({ expectedVersion: 9, document: 'z' }, identifiersFaults.inactive)] },
    'no state explains the refusal',
  ],
  [
    'a refusal that only what came later explains',
    {
      writes: [
        ...identifier.writes,
        refused({ expectedVersion: 1, document: 'z' }, identifiersFaults.version, { calledMs: 20, returnedMs: 30 }),
      ],
    },
    'no state explains the refusal',
  ],
  [
    'a read of what never was',
    { reads: [readAt(identifierModel, firstState, 0, { height: 4, answer: '1 of block 1: z' })] },
    'what never was',
  ],
  [
    'a read of what its height does not have yet',
    { reads: [{ ...identifier.reads[0]!, height: 3 }] },
    'at height 3, after change 0, what was after change 1',
  ],
  [
    'a read of what its height has no more',
    { reads: [readAt(identifierModel, firstState, 0, { height: 6, calledMs: 66, returnedMs: 68 })] },
    'at height 6, after change 2, what was after change 0',
  ],
  ['a read of what nobody had called yet', { reads: [{ ...identifier.reads[0]!, calledMs: 1, returnedMs: 2 }] }, 'before it was called'],
  [
    'a node that goes back',
    { reads: [...identifier.reads, { ...identifier.reads[0]!, calledMs: 96, returnedMs: 97 }] },
    'went back from height 6 to 5',
  ],
  [
    'an object that nobody knows of',
    { effects: [...identifier.effects, { ...identifier.effects[0]!, object: 'b', transactionHash: 'tx 9', blockIndex: 9 }] },
    'b: nobody knows of it',
  ],
])('identifiers: finds %s', (_, changes, violation) => {
  expect(found(identifier, changes)).toContain(violation)
})

test('a node that was killed may begin further back, and only then', () => {
  const again = { ...identifier.reads[0]!, calledMs: 96, returnedMs: 97, life: 2 }
  expect(found(identifier, { reads: [...identifier.reads, again] })).toBe('')
})

test('a block that arrives while a node answers may show in a part of the answer, and then the node does not go back', () => {
  const ahead = { ...identifier.reads[0]!, height: 4 }
  expect(found(identifier, { reads: [ahead] })).toBe('')
  const back = readAt(identifierModel, firstState, 0, { height: 4, calledMs: 59, returnedMs: 60 })
  expect(found(identifier, { reads: [ahead, back] })).toContain('went back from height 5 to 4')
  // Where the node stood after is known: what came later cannot show.
  expect(found(identifier, { reads: [{ ...ahead, height: 3, laterHeight: 4 }] })).toBe('')
  expect(found(identifier, { reads: [{ ...ahead, height: 2, laterHeight: 3 }] })).toContain('at height 2')
  // Later parts of an answer may be of the later height, but of no third.
  const [before, after] = right.reads.slice(0, 2).map(read => read.answer.split('; '))
  const tornAt = (earlier: readonly string[], later: readonly string[]) => ({
    ...right.reads[0]!,
    ...{ answer: [...earlier.slice(0, 2), ...later.slice(2)].join('; '), calledMs: 66, returnedMs: 68 },
  })
  const torn = tornAt(before!, after!)
  expect(found(right, { reads: [torn] })).toBe('')
  expect(found(right, { reads: [tornAt(after!, before!)] })).toContain('what never was')
  expect(found(right, { reads: [{ ...torn, height: 3 }] })).toContain('what never was')
})

test('finds that what was called later came before or beside what was durable: in one object, in two', () => {
  const reversed = { ...second, calledMs: 1, returnedMs: 5 }
  expect(found(identifier, { writes: [first, reversed] })).toContain('that was durable before it was called')
  const other = { ...first, object: 'b', transactionHash: 'tx b', calledMs: 80, returnedMs: 85 }
  const effect = { ...identifier.effects[0]!, object: 'b', transactionHash: 'tx b', blockIndex: 6 }
  const initial = new Map([...identifier.initial, ['b', firstState]])
  const late = { ...other, outcome: { kind: 'durable', blockIndex: 6 } } as const
  expect(found(identifier, { initial, writes: [...identifier.writes, late], effects: [...identifier.effects, effect] })).toContain(
    'b: a write came into block 6',
  )
})

test('trust: refusals by what is suspended, held, revoked, there already or too late are explained, and by nothing else', () => {
  const tried: readonly (readonly [TrustAction, string])[] = [
    [accredit, trustFaults.exists],
    [change('reinstate'), trustFaults.revoked],
    [{ ...change('suspend'), name: 'u' }, trustFaults.unknown],
  ]
  for (const [action, reason] of tried) {
    const late = { calledMs: 90, returnedMs: 95 }
    expect(found(right, { writes: [...right.writes, refused(action, reason, late)] })).toBe('')
    expect(found(right, { writes: [...right.writes, refused(action, trustFaults.held, late)] })).toContain('no state explains')
  }
  const held = rightHistory(trustModel, noRight, [accredit, change('suspend', 'council')], [askOf(timeOf(5))])
  for (const action of [change('suspend'), change('reinstate')])
    expect(found(held, { writes: [...held.writes, refused(action, trustFaults.held)] })).toBe('')
  expect(
    found(right, { writes: [...right.writes, refused(change('suspend'), trustFaults.held, { calledMs: 90, returnedMs: 95 })] }),
  ).toContain('no state explains')
  const renew: TrustAction = { method: 'renew', actor: 'authority', name: 't', validUntilMs: timeOf(30) }
  const active = rightHistory(trustModel, noRight, [accredit], [])
  // Told at 20 s by its clock, and a block may be a little ahead: an end at 30 s may have passed, one at 90 s may not.
  const told = { calledMs: 19_000, returnedMs: 20_000 }
  expect(found(active, { writes: [...active.writes, refused(renew, trustFaults.validity, told)] })).toBe('')
  expect(
    found(active, { writes: [...active.writes, refused({ ...renew, validUntilMs: timeOf(90) }, trustFaults.validity, told)] }),
  ).toContain('no state explains')
  const suspended = rightHistory(trustModel, noRight, [change('suspend', 'authority', '')], [])
  expect(found(suspended, { writes: [...suspended.writes, refused(accredit, trustFaults.standing)] })).toBe('')
})

const durable = (action: TrustAction, blockIndex: number): RecordedWrite<TrustAction> => ({
  ...{ object: 'a', action, transactionHash: `tx ${blockIndex}`, calledMs: 10 * blockIndex, returnedMs: 10 * blockIndex + 5 },
  outcome: { kind: 'durable', blockIndex },
})
const said = (blockIndex: number, text: string): Effect => ({
  ...{ object: 'a', transactionHash: `tx ${blockIndex}`, blockIndex, timeMs: timeOf(blockIndex) },
  said: text,
})
const ends = timeOf(100)
const lastRead = right.reads.at(-1)!

test.each<[string, Partial<typeof right>, string]>([
  ['a lost revocation', { effects: withoutLast(right.effects) }, 'a durable write of block 8 is gone'],
  [
    'a right that came back after it was revoked',
    { writes: [...right.writes, durable(change('reinstate'), 9)], effects: [...right.effects, said(9, `t 5 1 3 ${timeOf(5)} ${ends} au`)] },
    `change 5 should have been refused: ${trustFaults.revoked}`,
  ],
  [
    "a council's suspension that the authority lifted",
    {
      writes: [durable(accredit, 5), durable(change('suspend', 'council'), 6), durable(change('reinstate'), 7)],
      effects: [
        said(5, `t 1 1 0 ${timeOf(5)} ${ends} au`),
        said(6, `t 2 2 3 ${timeOf(5)} ${ends} co`),
        said(7, `t 3 1 3 ${timeOf(5)} ${ends} au`),
      ],
      reads: [],
    },
    `change 3 should have been refused: ${trustFaults.held}`,
  ],
  [
    'a right given twice',
    { writes: [durable(accredit, 5), durable(accredit, 6)], effects: [right.effects[0]!, said(6, 't 2')], reads: [] },
    trustFaults.exists,
  ],
  [
    'another reason than was written',
    { effects: [right.effects[0]!, said(6, `t 2 2 4 ${timeOf(5)} ${ends} au`)], writes: right.writes.slice(0, 2), reads: [] },
    'is not what was written',
  ],
  [
    'another end of validity than was written',
    { effects: [said(5, `t 1 1 0 ${timeOf(5)} ${ends + 1} au`)], writes: right.writes.slice(0, 1), reads: [] },
    'is not what was written',
  ],
  [
    'another actor than acted',
    { effects: [right.effects[0]!, said(6, `t 2 2 3 ${timeOf(5)} ${ends} co`)], writes: right.writes.slice(0, 2), reads: [] },
    'is not what was written',
  ],
  [
    'a revoked right that still could be used',
    { reads: [{ ...lastRead, answer: lastRead.answer.replace(/false$/, 'true') }] },
    'what never was',
  ],
  [
    'a right that could be used at the moment at which it ended',
    { reads: [{ ...right.reads[0]!, answer: right.reads[0]!.answer.replace(/false$/, 'true') }] },
    'what never was',
  ],
  [
    'a past that changes: a right that could be used, and now never could',
    { reads: [{ ...lastRead, answer: lastRead.answer.replace('; true', '; false') }] },
    'what never was',
  ],
  [
    'a suspension that one node does not have at its height',
    { reads: [{ ...right.reads[0]!, height: 6, calledMs: 66, returnedMs: 68 }] },
    'what was after change 1',
  ],
])('trust: finds %s', (_, changes, violation) => {
  expect(found(right, changes)).toContain(violation)
})

test('trust: a right counts from its first moment to the last before its end, and not while its institution is suspended', () => {
  const states = rightHistory(
    trustModel,
    noRight,
    [accredit, change('suspend', 'council', '')],
    [askOf(timeOf(5) - 1, timeOf(5), timeOf(6), timeOf(99), timeOf(100))],
  )
  expect(states.reads.map(({ answer }) => answer.split('; ').slice(2).join(' '))).toEqual([
    'false true true true false',
    'false true false false false',
  ])
})

const treeWrites = tree.writes
const [appended, revoked] = [tree.effects[0]!, tree.effects[1]!]
const put = (action: TreeAction, blockIndex: number): RecordedWrite<TreeAction> => ({ ...durable(accredit, blockIndex), action })

test.each<[string, Partial<typeof tree>, string]>([
  ['a lost revocation', { effects: tree.effects.filter(effect => effect !== revoked), reads: [] }, 'a durable write of block 6 is gone'],
  [
    'a leaf that nobody wrote',
    { effects: [{ ...appended, said: appended.said.replace('pq', 'pqs') }, ...tree.effects.slice(1)] },
    'is not what was written',
  ],
  [
    'a revoked leaf that is another',
    { effects: [appended, { ...revoked, said: revoked.said.replace('leaves 0', 'leaves 1') }] },
    'is not what was written',
  ],
  ['leaves in another order', { effects: [{ ...appended, said: appended.said.replace('pq', 'qp') }] }, 'is not what was written'],
  [
    'roots in another order',
    { effects: [appended, { ...tree.effects[2]!, blockIndex: 6 }, { ...revoked, blockIndex: 7 }] },
    'a root of nothing',
  ],
  [
    'an append at a place that is taken',
    { writes: [treeWrites[0]!, put(append(1, ['s'], ['p']), 6)], effects: [appended, said(6, 'x')], reads: [] },
    statusFaults.size,
  ],
  [
    'a root of nothing',
    { writes: [treeWrites[0]!, put({ ...revoke(0, ['p', 'q']), root: 'root of r' }, 6)], effects: [appended, said(6, 'x')], reads: [] },
    'a root of nothing',
  ],
  [
    'a last root that is not that of the leaves',
    // The second revocation did not know of the first.
    {
      writes: [...treeWrites.slice(0, 2), put(revoke(1, ['p', 'q']), 7)],
      effects: [appended, revoked, said(7, 'leaves 1 0; root 3 2 root of p 0')],
      reads: [],
    },
    'the last root is not that of the leaves',
  ],
  [
    'an old root that has become another',
    { reads: tree.reads.slice(-1).map(read => ({ ...read, answer: read.answer.replace('root of 0', 'root of p') })) },
    'what never was',
  ],
  [
    'a node that does not show a revocation at its height',
    { reads: [{ ...tree.reads[0]!, height: 6, calledMs: 66, returnedMs: 68 }] },
    'after change 2, what was after change 1',
  ],
])('status: finds %s', (_, changes, violation) => {
  expect(found(tree, changes)).toContain(violation)
})

test('status: two writers may miss each other, if the right root follows; who comes late at the end of the tree is refused', () => {
  const missed = put(revoke(1, ['p', 'q']), 7)
  const righted = put({ method: 'set', indices: [0], leaves: ['0'], root: rootOf(['0', '0']) }, 8)
  const effects = [appended, revoked, said(7, 'leaves 1 0; root 3 2 root of p 0'), said(8, 'leaves 0 0; root 4 2 root of 0 0')]
  expect(found(tree, { writes: [...treeWrites.slice(0, 2), missed, righted], effects, reads: [] })).toBe('')
  const late = refused(append(0, ['s'], []), statusFaults.size, { calledMs: 90, returnedMs: 95 })
  expect(found(tree, { writes: [...treeWrites, late] })).toBe('')
})

const anchored = list.effects
test.each<[string, Partial<typeof list>, string]>([
  ['a lost anchor', { effects: withoutLast(anchored) }, 'a durable write of block 7 is gone'],
  ['an anchor of nobody', { writes: withoutLast(list.writes) }, 'change 3 was made by 0 writes'],
  [
    'anchors in another order',
    { effects: [anchored[0]!, { ...anchored[2]!, blockIndex: 6 }, { ...anchored[1]!, blockIndex: 7 }] },
    'is not what was written',
  ],
  [
    'an old anchor that has become another',
    { reads: list.reads.slice(-1).map(read => ({ ...read, answer: read.answer.replace('h2', 'h3') })) },
    'what never was',
  ],
])('anchors: finds %s', (_, changes, violation) => {
  expect(found(list, changes)).toContain(violation)
})

const spent = spending.writes[0]!
const again: RecordedWrite<{ commitment: string }> = {
  ...spent,
  action: { commitment: 'd' },
  transactionHash: 'tx 6',
  calledMs: 60,
  returnedMs: 65,
  outcome: { kind: 'durable', blockIndex: 6 },
}
const withD = { ...spending.effects[0]!, transactionHash: 'tx 6', blockIndex: 6, said: 'spent with d' }

test('nullifiers: whoever comes second is refused, and nobody before the first', () => {
  const second = refused({ commitment: 'd' }, proofsFaults.spent, { calledMs: 51, returnedMs: 56 })
  expect(found(spending, { writes: [spent, second] })).toBe('')
  expect(found(spending, { writes: [spent, { ...second, calledMs: 30, returnedMs: 40 }] })).toContain('no state explains the refusal')
})

test.each<[string, Partial<typeof spending>, string]>([
  ['a lost spending', { effects: [], reads: [] }, 'a durable write of block 5 is gone'],
  [
    'one that is spent twice',
    { writes: [spent, again], effects: [...spending.effects, withD] },
    `change 2 should have been refused: ${proofsFaults.spent}`,
  ],
  ['one that two were told they had spent', { writes: [spent, { ...again, calledMs: 51 }] }, 'a durable write of block 6 is gone'],
  [
    'one that is spent with what nobody showed',
    { effects: [{ ...spending.effects[0]!, said: 'spent with d' }] },
    'is not what was written',
  ],
  [
    'one that is no longer spent',
    { reads: [...spending.reads, readAt(nullifierModel, unspent, ['c', 'd'], { height: 7, calledMs: 70, returnedMs: 71 })] },
    'after change 1, what was after change 0',
  ],
  [
    'one that is spent before anybody spends',
    { reads: [{ ...spending.reads[0]!, height: 3, calledMs: 20, returnedMs: 21 }] },
    'what was after change 1',
  ],
  ['both commitments used', { reads: [{ ...spending.reads[0]!, answer: 'true; true; true' }] }, 'what never was'],
])('nullifiers: finds %s', (_, changes, violation) => {
  expect(found(spending, changes)).toContain(violation)
})
