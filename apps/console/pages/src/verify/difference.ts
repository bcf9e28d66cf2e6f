/**
 * Where what is shown differs from what was proven: the path of the first member that does, such as `right.entry.status`. Undefined: nowhere.
 * Members that are undefined count as not there.
 */
export function difference(shown: unknown, proven: unknown, path = ''): string | undefined {
  if (!isObject(shown) || !isObject(proven)) return Object.is(shown, proven) ? undefined : path === '' ? '(all)' : path
  if (Array.isArray(shown) !== Array.isArray(proven)) return path === '' ? '(all)' : path
  const names = new Set([...membersOf(shown), ...membersOf(proven)])
  for (const name of names) {
    const found = difference(shown[name], proven[name], path === '' ? name : `${path}.${name}`)
    if (found !== undefined) return found
  }
  return undefined
}

function membersOf(object: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(object).filter(name => object[name] !== undefined)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
