import type { Shape, ValueOf } from './shape.ts'

/**
 * The text of a value as a mac covers it: texts as they are, numbers in decimal, `true` or `false`, of a map each name and its value, everything
 * joined without anything in between. So one text can be that of several values: docs/gateways.md says what is done about it.
 *
 * @see BSN user manual §5.4.3.1
 */
export function macText<S extends Shape>(shape: S, value: ValueOf<S>): string {
  return textOf(shape, value)
}

function textOf(shape: Shape, value: unknown): string {
  switch (shape.kind) {
    case 'text':
      return value as string
    case 'integer':
    case 'flag':
      return String(value)
    case 'list':
      return (value as readonly unknown[]).map(element => textOf(shape.of, element)).join('')
    case 'map':
      return Object.entries(value as Record<string, string>)
        .flat()
        .join('')
    case 'record':
      return Object.entries(shape.fields)
        .filter(([name]) => !shape.unsigned.includes(name))
        .map(([name, field]) => textOf(field, (value as Record<string, unknown>)[name]))
        .join('')
  }
}
