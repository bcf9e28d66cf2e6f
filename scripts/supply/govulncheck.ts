import type { Finding } from './findings.ts'

interface Message {
  readonly osv?: { readonly id: string; readonly summary?: string; readonly withdrawn?: string }
  readonly finding?: { readonly osv: string; readonly trace: readonly { readonly module: string; readonly function?: string }[] }
}

/**
 * Reads what `govulncheck -format json` says: what the program can reach. What only lies in a module that it uses is counted apart.
 *
 * @param where - name of the program
 * @throws SyntaxError: the text breaks off
 */
export function readGovulncheck(
  text: string,
  where: string,
  shipped: boolean,
): { readonly reached: readonly Finding[]; readonly unreached: number } {
  const messages = splitJson(text).map(each => JSON.parse(each) as Message)
  const known = new Map(messages.flatMap(({ osv }) => (osv === undefined ? [] : [[osv.id, osv] as const])))
  const reached = new Map<string, Finding>()
  const all = new Set<string>()
  for (const { finding } of messages) {
    const [sink] = finding?.trace ?? []
    if (finding === undefined || sink === undefined || known.get(finding.osv)?.withdrawn !== undefined) continue
    const key = `${finding.osv} ${sink.module}`
    all.add(key)
    // A trace that begins at a function was followed through the calls; others stop at the module or package.
    if (sink.function === undefined) continue
    reached.set(key, { id: finding.osv, package: sink.module, where, title: known.get(finding.osv)?.summary ?? '', shipped })
  }
  return { reached: [...reached.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), unreached: all.size - reached.size }
}

/** Objects that stand one after the other, each over many lines. */
function splitJson(text: string): readonly string[] {
  return text
    .split(/^(?=\{)/m)
    .map(each => each.trim())
    .filter(each => each !== '')
}
