import type { Finding } from './findings.ts'

interface NpmAudit {
  readonly auditReportVersion?: number
  readonly vulnerabilities?: Readonly<
    Record<
      string,
      {
        readonly nodes: readonly string[]
        /** An advisory, or the name of the package that has it. */
        readonly via: readonly (string | { readonly name: string; readonly title: string; readonly url: string })[]
      }
    >
  >
}

/**
 * Reads what `npm audit --json` says.
 *
 * @param shipped - paths of the lockfile that go to users
 * @returns undefined if it is no report: the registry did not answer, or does not know
 */
export function readNpmAudit(text: string, shipped: ReadonlySet<string>): readonly Finding[] | undefined {
  const report = parse(text)
  if (report?.auditReportVersion !== 2 || report.vulnerabilities === undefined) return undefined
  return Object.entries(report.vulnerabilities).flatMap(([name, { nodes, via }]) =>
    via.flatMap(advisory => {
      // Who only depends on the one that has it comes up there.
      if (typeof advisory === 'string' || advisory.name !== name) return []
      const id = /GHSA(-[0-9a-z]{4}){3}$/.exec(advisory.url)?.[0] ?? advisory.url
      return [{ id, package: name, where: 'npm', title: advisory.title, shipped: nodes.some(node => shipped.has(node)) }]
    }),
  )
}

function parse(text: string): NpmAudit | undefined {
  try {
    return JSON.parse(text) as NpmAudit
  } catch {
    return undefined
  }
}
