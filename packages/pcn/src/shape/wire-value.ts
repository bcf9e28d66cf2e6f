import type { Shape, ValueOf } from './shape.ts'

/** A value as JSON carries it: optional text that is empty is left out. */
export function wireValue<S extends Shape>(shape: S, value: ValueOf<S>): unknown {
  return wireOf(shape, value)
}

function wireOf(shape: Shape, value: unknown): unknown {
  if (shape.kind === 'list') return (value as readonly unknown[]).map(element => wireOf(shape.of, element))
  if (shape.kind !== 'record') return value
  return Object.fromEntries(
    Object.entries(shape.fields)
      .map(([name, field]) => [name, field, (value as Record<string, unknown>)[name]] as const)
      .filter(([, field, member]) => !(field.kind === 'text' && field.isOptional && member === ''))
      .map(([name, field, member]) => [name, wireOf(field, member)]),
  )
}
