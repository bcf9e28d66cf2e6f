import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Entry {
  readonly id: string
  readonly modified: string
  readonly aliases?: readonly string[]
  readonly affected?: readonly {
    readonly package: { readonly name: string }
    readonly ranges?: readonly { readonly events: readonly { readonly fixed?: string }[] }[]
  }[]
}

/**
 * Go's database of vulnerabilities in the form that govulncheck reads, out of the module that its makers publish it in: whoever can fetch modules can
 * fetch it, and its checksum is in the public log as every module's is.
 *
 * @param folder - where to put it
 * @returns its address and the moment of the sources, `2026-11-05T23:49:57Z`; undefined if it cannot be had
 */
export function goVulnerabilities(folder: string): { readonly address: string; readonly as: string } | undefined {
  const result = spawnSync('go', ['mod', 'download', '-json', 'golang.org/x/vulndb@latest'], { cwd: folder, encoding: 'utf8' })
  if (result.status !== 0) return undefined
  const { Dir, Version } = JSON.parse(result.stdout) as { Dir: string; Version: string }
  const [, year, month, day, hour, minute, second] = /(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)-[0-9a-f]{12}$/.exec(Version) ?? []
  const as = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
  const source = join(Dir, 'data', 'osv')
  const entries = readdirSync(source)
    .filter(name => name.endsWith('.json'))
    .map(name => JSON.parse(readFileSync(join(source, name), 'utf8')) as Entry)
  mkdirSync(join(folder, 'index'), { recursive: true })
  symlinkSync(source, join(folder, 'ID'))
  for (const [name, content] of Object.entries(indexOf(entries, as)))
    writeFileSync(join(folder, 'index', `${name}.json`), JSON.stringify(content))
  return { address: `file://${folder}`, as }
}

/** @see https://go.dev/doc/security/vuln/database#api */
export function indexOf(entries: readonly Entry[], modified: string) {
  const modules = new Map<string, { id: string; modified: string; fixed?: string }[]>()
  for (const entry of entries) {
    for (const { package: affected, ranges = [] } of entry.affected ?? []) {
      const fixed = ranges.flatMap(({ events }) => events.flatMap(event => event.fixed ?? [])).at(-1)
      const known = modules.get(affected.name) ?? []
      modules.set(affected.name, [...known, { id: entry.id, modified: entry.modified, ...(fixed === undefined ? {} : { fixed }) }])
    }
  }
  return {
    db: { modified },
    vulns: entries.map(({ id, modified: changed, aliases = [] }) => ({ id, modified: changed, aliases })),
    modules: [...modules].map(([path, vulns]) => ({ path, vulns })).sort((a, b) => (a.path < b.path ? -1 : 1)),
  }
}
