import { meaningOf } from './fuzz-target.ts'

const maxLength = 2_000

/** Where an input differs from the original that it is most like, without what they have in common. */
export function describeDifference(originals: readonly unknown[], input: unknown): string {
  const text = writtenOf(input)
  const differences = originals.map(original => differenceOf(writtenOf(original), text))
  const smallest = differences.toSorted((left, right) => left.length - right.length)[0]
  const whole = `input: ${text.length > maxLength ? `${text.slice(0, maxLength)}…` : text}`
  return smallest === undefined ? whole : `${smallest}\n${whole}`
}

function differenceOf(before: string, after: string): string {
  let start = 0
  while (start < Math.min(before.length, after.length) && before[start] === after[start]) start++
  let end = 0
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end++
  const [left, right] = [before, after].map(text => text.slice(start, text.length - end).slice(0, maxLength))
  return `differs at ${start}: ${JSON.stringify(left)} became ${JSON.stringify(right)}`
}

function writtenOf(value: unknown): string {
  return typeof value === 'string' ? value : (meaningOf(value) ?? 'undefined')
}
