import { causeOf } from './causes.ts'
import { type Join, type Relation, relations } from './join.ts'
import type { KeptValue } from './values-in.ts'

/** What one party has of one thing that one person did. */
export interface KeptEvent {
  readonly person: string
  /** Who keeps it. */
  readonly party: string
  readonly role: 'issuer' | 'verifier' | 'ledger'
  readonly kind: string
  /** The same for all who keep something of the same thing: that they know of each other is no news. */
  readonly act: number
  readonly values: readonly KeptValue[]
}

/** Values as short as this happen to be equal: they count between fields of the same name only. */
const shortValue = 5
/** Below this it may be chance, with a few dozen events. */
const leastStrength = { equal: 0.3, nearest: 0.6, together: 0.5 } as const
/** Some number is always the nearest, and small ones are equal now and then: with a few people, as many right guesses may be chance. Known causes count anyway. */
const mostByChance = { equal: 0.05, nearest: 0.002, together: 0.005 } as const
/** What servers do by themselves, now and then, whoever does something meanwhile: it falls to somebody's time by chance, in one of many ways. */
const housekeeping = /^(jobs|audit_anchors|audit_head|status_lists)\./

function mostByChanceOf({ how, field, with: other }: Join): number {
  return housekeeping.test(field) || housekeeping.test(other) ? mostByChance.nearest : mostByChance[how]
}

/** Every field by which events of one person are found more often than by chance. */
export function measureJoins(events: readonly KeptEvent[]): readonly Join[] {
  const found = relations.flatMap(relation =>
    pairsOfKinds(events, relation).flatMap(([from, to]) => {
      const base = { relation, events: `${from[0]!.kind} → ${to[0]!.kind}` }
      return [
        ...strengths(from, to, relation, equalIn).map(found => ({ ...base, how: 'equal' as const, ...found })),
        ...strengths(from, to, relation, nearestIn).map(found => ({ ...base, how: 'nearest' as const, ...found })),
      ]
    }),
  )
  const strong = found.filter(
    join => join.strength >= leastStrength[join.how] && (causeOf(join) !== undefined || join.byChance <= mostByChanceOf(join)),
  )
  const nameOfPlace = ({ relation, events: between, field }: Join): string => `${relation} ${between} ${field}`
  const equal = new Set(strong.filter(({ how }) => how === 'equal').map(nameOfPlace))
  // Equal numbers are near, too.
  const joins = strong.filter(join => join.how === 'equal' || !equal.has(nameOfPlace(join)))
  const known = new Set(
    joins.flatMap(join => [`${join.relation} ${join.events} ${join.field}`, `${join.relation} ${join.events} ${join.with}`]),
  )
  const rest = relations.flatMap(relation =>
    pairsOfKinds(events, relation).map(([from, to]) => {
      const between = `${from[0]!.kind} → ${to[0]!.kind}`
      const found = strengthTogether(from, to, relation, field => !known.has(`${relation} ${between} ${field}`))
      return { relation, events: between, field: 'all others', with: 'all others', how: 'together' as const, ...found }
    }),
  )
  return [...joins, ...rest.filter(({ strength, byChance }) => strength >= leastStrength.together && byChance <= mostByChance.together)]
}

/** A value that fewer have leads by itself, or is equal by chance. */
const leastTogether = 3

/** Guesses whom an event is of by all values that it shares with several others, the rarer the more they count. */
function strengthTogether(
  from: readonly KeptEvent[],
  to: readonly KeptEvent[],
  relation: Relation,
  isMeant: (field: string) => boolean,
): Pick<Join, 'strength' | 'byChance'> {
  const named = (event: KeptEvent): ReadonlySet<string> =>
    new Set(event.values.filter(({ field }) => isMeant(field)).map(({ field, value }) => `${field} ${value}`))
  const values = new Map(to.map(event => [event, named(event)] as const))
  const counts = new Map<string, number>()
  for (const all of values.values()) for (const value of all) counts.set(value, (counts.get(value) ?? 0) + 1)
  const weightOf = (value: string): number => {
    const count = counts.get(value) ?? to.length
    return count < leastTogether ? 0 : Math.log2(to.length / count)
  }
  let [gain, chance] = [0, 0]
  for (const one of from) {
    const own = values.get(one) ?? named(one)
    const scored = to
      .filter(other => isRelated(one, other, relation))
      .map(other => ({ other, score: sum([...values.get(other)!].filter(value => own.has(value)).map(weightOf)) }))
    const best = Math.max(...scored.map(({ score }) => score))
    const guessed = scored.filter(({ score }) => score > best - 1e-9)
    const share = (some: typeof scored): number => some.filter(({ other }) => other.person === one.person).length / some.length
    gain += share(guessed)
    chance += share(scored)
  }
  return { strength: (gain - chance) / (from.length - chance), byChance: tail(from.length, gain, chance / from.length) }
}

/** Fields that institutions keep, and the ledger: the inventory. Not by what somebody did, for a server writes some of it when it gets to it. */
export function fieldsOf(events: readonly KeptEvent[]): Readonly<Record<string, readonly string[]>> {
  const names = new Map<string, Set<string>>()
  for (const { role, values } of events) {
    const keeper = role === 'ledger' ? 'ledger' : 'institutions'
    const fields = names.get(keeper) ?? new Set()
    names.set(keeper, fields)
    // What is worked out of a field is none that is kept.
    for (const { field } of values) if (!housekeeping.test(field)) fields.add(field.replace(/#.*$/, ''))
  }
  return Object.fromEntries([...names].sort().map(([name, fields]) => [name, [...fields].sort()]))
}

/** What happens in one moment has its second, its epoch and its block in common, whoever it is of: only what is further apart is compared. */
export const momentActs = 8

function isRelated(one: KeptEvent, other: KeptEvent, relation: Relation): boolean {
  if (Math.abs(one.act - other.act) < momentActs || other.role !== 'verifier') return false
  if (relation === 'issuer and verifiers') return one.role === 'issuer'
  if (relation === 'ledger and verifiers') return one.role === 'ledger'
  return one.role === 'verifier' && (one.party === other.party) === (relation === 'one verifier')
}

function pairsOfKinds(
  events: readonly KeptEvent[],
  relation: Relation,
): readonly (readonly [readonly KeptEvent[], readonly KeptEvent[]])[] {
  const kinds = [...new Set(events.map(({ kind }) => kind))]
  return kinds.flatMap(first =>
    kinds.flatMap(second => {
      const to = events.filter(({ kind, role }) => kind === second && role === 'verifier')
      // Nothing is to be found for who has done nothing else.
      const from = events.filter(
        one => one.kind === first && to.some(other => other.person === one.person && isRelated(one, other, relation)),
      )
      return from.length === 0 || to.length === 0 ? [] : [[from, to] as const]
    }),
  )
}

/** For each field of the other event, the events that a value of a field leads to, among those that `isMeant`. */
type Finder = (value: string, field: string, isMeant: (event: KeptEvent) => boolean) => Iterable<readonly [string, readonly KeptEvent[]]>

function strengths(
  from: readonly KeptEvent[],
  to: readonly KeptEvent[],
  relation: Relation,
  finderIn: (to: readonly KeptEvent[]) => Finder,
): readonly Pick<Join, 'field' | 'with' | 'strength' | 'byChance'>[] {
  const find = finderIn(to)
  const chances = from.map(one => {
    const others = to.filter(other => isRelated(one, other, relation))
    return others.length === 0 ? 0 : others.filter(({ person }) => person === one.person).length / others.length
  })
  const chance = mean(chances)
  /** What is won over chance, by field and field of the other event. */
  const gains = new Map<string, Map<string, number>>()
  for (const [place, one] of from.entries()) {
    const found = new Map<string, Map<string, Set<KeptEvent>>>()
    const isMeant = (other: KeptEvent): boolean => isRelated(one, other, relation)
    for (const { field, value } of one.values)
      for (const [other, events] of find(value, field, isMeant)) {
        const hits = getOr(
          getOr(found, field, () => new Map()),
          other,
          () => new Set<KeptEvent>(),
        )
        for (const event of events) hits.add(event)
      }
    for (const [field, byOther] of found)
      for (const [other, hits] of byOther) {
        if (hits.size === 0) continue
        const right = [...hits].filter(({ person }) => person === one.person).length / hits.size
        const sums = getOr(gains, field, () => new Map<string, number>())
        sums.set(other, (sums.get(other) ?? 0) + right - chances[place]!)
      }
  }
  return [...gains].map(([field, byOther]) => {
    const [other, gain] = [...byOther].reduce((best, next) => (next[1] > best[1] ? next : best))
    const byChance = tail(from.length, gain + chance * from.length, chance)
    return { field, with: other, strength: gain / from.length / (1 - chance), byChance }
  })
}

function equalIn(to: readonly KeptEvent[]): Finder {
  const people = new Set(to.map(({ person }) => person)).size
  const index = new Map<string, Map<string, KeptEvent[]>>()
  for (const event of to)
    for (const { field, value } of event.values) {
      const events = getOr(
        getOr(index, value, () => new Map<string, KeptEvent[]>()),
        field,
        () => [],
      )
      if (events.at(-1) !== event) events.push(event)
    }
  // What nearly all have leads to nobody.
  for (const byField of index.values())
    for (const [field, events] of byField)
      if (events.length >= 0.9 * to.length && new Set(events.map(({ person }) => person)).size === people) byField.delete(field)
  return (value, field, isMeant) =>
    [...(index.get(value) ?? [])]
      .filter(([other]) => value.length >= shortValue || nameOf(other) === nameOf(field))
      .map(([other, found]) => [other, found.filter(isMeant)] as const)
}

/** Only fields whose numbers are different each time: where they repeat, {@link equalIn} finds them. */
function nearestIn(to: readonly KeptEvent[]): Finder {
  const numbers = new Map<string, { readonly event: KeptEvent; readonly number: number }[]>()
  for (const event of to)
    for (const { field, value } of event.values)
      if (isNumber(value) && !field.includes('#')) getOr(numbers, field, () => []).push({ event, number: Number(value) })
  const fields = [...numbers].filter(
    ([, all]) => all.length > to.length / 2 && new Set(all.map(({ number }) => number)).size > 0.8 * all.length,
  )
  return (value, field, isMeant) => {
    if (!isNumber(value) || field.includes('#')) return []
    return fields.map(([other, all]) => {
      const nearest = all
        .filter(({ event }) => isMeant(event))
        .map(({ event, number }) => ({ event, distance: Math.abs(number - Number(value)) }))
        .reduce<{ readonly event: KeptEvent; readonly distance: number } | undefined>(
          (best, next) => (best === undefined || next.distance < best.distance ? next : best),
          undefined,
        )
      return [other, nearest === undefined ? [] : [nearest.event]] as const
    })
  }
}

function isNumber(value: string): boolean {
  return /^\d{1,16}(\.\d+)?$/.test(value)
}

function nameOf(field: string): string {
  return /[^.]*$/.exec(field)![0]
}

/** How probable it is to guess right at least so often. @param chance - of each guess */
function tail(guesses: number, right: number, chance: number): number {
  let [probability, total] = [(1 - chance) ** guesses, 0]
  for (let count = 0; count <= guesses; count++) {
    if (count >= right - 1e-9) total += probability
    probability *= ((guesses - count) / (count + 1)) * (chance / (1 - chance))
  }
  return total
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function getOr<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}
