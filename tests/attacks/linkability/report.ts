import { causeOf, causes } from './causes.ts'
import { type Join, relations } from './join.ts'

/** What is expected: kept beside the test, and changed only with `UPDATE=1`. */
export interface Report {
  /** What links, each with its cause. */
  readonly joins: readonly ReportedJoin[]
  /** What is kept, by who keeps it: fields of tables, and members of what stands in them. */
  readonly fields: Readonly<Record<string, readonly string[]>>
}

type ReportedJoin = Omit<Join, 'with' | 'byChance'> & { readonly cause: string }

/** Measured with a few people, strengths differ from run to run by as much as this. */
const tolerance = 0.15

export function reportOf(joins: readonly Join[], fields: Report['fields']): Report {
  const reported = joins.map(join => {
    const { with: other, byChance: _, ...kept } = join
    return { ...kept, strength: Math.round(join.strength * 20) / 20, cause: causeOf(join) ?? `none: it links by ${other}` }
  })
  return { joins: reported.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1)), fields }
}

/** What has grown: fields that link and did not, or link better, or have no cause; and fields that are kept and were not. */
export function growth(expected: Report, seen: Report): readonly string[] {
  const known = new Map(expected.joins.map(join => [nameOf(join), join]))
  return [
    ...seen.joins
      .filter(({ cause }) => causes.every(({ id }) => id !== cause))
      .map(join => `${nameOf(join)}, strength ${join.strength}: no reason is known (${join.cause})`),
    ...seen.joins
      .filter(join => join.strength > (known.get(nameOf(join))?.strength ?? 0) + tolerance)
      .map(join => `${nameOf(join)}, strength ${join.strength}: it was ${known.get(nameOf(join))?.strength ?? 'none'}`),
    ...lacking(seen.fields, expected.fields).map(field => `${field}: is kept, and was not`),
  ]
}

/** What links less than it did: good news, which is to be written down. */
export function shrinkage(expected: Report, seen: Report): readonly string[] {
  const now = new Map(seen.joins.map(join => [nameOf(join), join.strength]))
  return expected.joins
    .filter(join => (now.get(nameOf(join)) ?? 0) < join.strength - tolerance)
    .map(join => `${nameOf(join)}: strength ${now.get(nameOf(join)) ?? 'none'} in place of ${join.strength}`)
}

/** Both, for what comes up in some runs only must be known. */
export function mergedFields(expected: Report['fields'], seen: Report['fields']): Report['fields'] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(seen)])].sort()
  return Object.fromEntries(names.map(name => [name, [...new Set([...(expected[name] ?? []), ...(seen[name] ?? [])])].sort()]))
}

/** The report for people: what links, why, and how much each keeps. */
export function tableOf({ joins, fields }: Report): string {
  const rows = relations.flatMap(relation =>
    causes.flatMap(({ id, why }) => {
      const found = joins.filter(join => join.relation === relation && join.cause === id)
      if (found.length === 0) return []
      const names = [...new Set(found.map(({ field }) => `\`${field.replace(/#.*$/, '')}\``))].join(', ')
      return [[relation, [...new Set(found.map(({ events }) => events))].join('; '), names, why]]
    }),
  )
  const silent = relations
    .filter(relation => joins.every(join => join.relation !== relation))
    .map(relation => [relation, 'all', 'nothing', ''])
  const kept = Object.entries(fields).map(([name, all]) => {
    const tables = [...new Set(all.map(field => /^\w+/.exec(field)![0]))]
    return [name, String(all.length), tables.map(table => `\`${table}\``).join(', ')]
  })
  return [
    ...table(['who puts records together', 'from what to what', 'what links', 'why it does'], [...rows, ...silent]),
    '',
    ...table(['who keeps it', 'fields', 'in'], kept),
  ].join('\n')
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [header, header.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`)
}

function lacking(some: Report['fields'], others: Report['fields']): readonly string[] {
  return Object.entries(some).flatMap(([name, fields]) =>
    fields.filter(field => others[name]?.includes(field) !== true).map(field => `${name}: ${field}`),
  )
}

function nameOf({ relation, events, field, how }: Omit<Join, 'with' | 'byChance' | 'strength'>): string {
  return `${relation}, ${events}: ${field} (${how})`
}
