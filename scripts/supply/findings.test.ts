import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type AcceptedFinding, compareFindings, type Finding, faultsOfAccepted } from './findings.ts'
import { indexOf } from './go-vulnerabilities.ts'
import { readGovulncheck } from './govulncheck.ts'
import { readNpmAudit } from './npm-audit.ts'
import { root } from './shipped.ts'

const finding: Finding = { id: 'GO-1', package: 'example.org/net', where: 'node', title: 'a hole', shipped: true }
const accepted: AcceptedFinding = {
  id: 'GO-1',
  package: 'example.org/net',
  where: 'node',
  why: 'reached through a service that is off',
  accepted: '2026-11-01',
  reviewBy: '2027-01-01',
}
const asked = new Set(['node'])

test('an accepted finding is no news until the day of its review has passed', () => {
  const none = { unknown: [], overdue: [], gone: [], elsewhere: [] }
  expect(compareFindings([finding], [accepted], '2027-01-01', asked)).toEqual(none)
  expect(compareFindings([finding], [accepted], '2027-01-02', asked)).toEqual({ ...none, overdue: [accepted] })
})

test.each([{ id: 'GO-2' }, { package: 'example.org/text' }, { where: 'verifier' }])('is news if it is not the very one: %o', other => {
  const news = { ...finding, ...other }
  expect(compareFindings([finding, news], [accepted], '2026-12-01', asked).unknown).toEqual([news])
  expect(compareFindings([finding, { ...news, shipped: false }], [accepted], '2026-12-01', asked)).toMatchObject({
    unknown: [],
    elsewhere: [{ ...news, shipped: false }],
  })
})

test('one that is found no more is said to be gone, but only by those who were asked', () => {
  expect(compareFindings([], [accepted], '2026-12-01', asked).gone).toEqual([accepted])
  expect(compareFindings([], [accepted], '2026-12-01', new Set(['npm'])).gone).toEqual([])
})

test('the list has days, a review within a hundred of them, and reasons', () => {
  const list = JSON.parse(readFileSync(join(root, 'docs', 'accepted-findings.json'), 'utf8')) as AcceptedFinding[]
  expect(faultsOfAccepted([...list, accepted])).toEqual([])
  for (const wrong of [
    { reviewBy: '2027-06-01' },
    { reviewBy: '2026-11-01' },
    { accepted: 'today' },
    { reviewBy: 'never' },
    { why: 'fine' },
  ])
    expect(faultsOfAccepted([{ ...accepted, ...wrong }])).toHaveLength(1)
})

test('npm: advisories of the package itself, with what is shipped told from what is not; an error of the registry is no report', () => {
  const url = 'https://example.org/advisories/GHSA-aaaa-bbbb-cccc'
  const report = {
    auditReportVersion: 2,
    vulnerabilities: {
      curves: {
        name: 'curves',
        via: [{ name: 'curves', title: 'a hole', url, range: '<1.0.1' }],
        nodes: ['node_modules/web/node_modules/curves'],
      },
      web: { name: 'web', via: ['curves'], nodes: ['node_modules/web'] },
      builder: {
        name: 'builder',
        via: [{ name: 'builder', title: 'another', url: `${url.slice(0, -4)}dddd` }],
        nodes: ['node_modules/builder'],
      },
    },
  }
  expect(readNpmAudit(JSON.stringify(report), new Set(['node_modules/web', 'node_modules/web/node_modules/curves']))).toEqual([
    { id: 'GHSA-aaaa-bbbb-cccc', package: 'curves', where: 'npm', title: 'a hole', shipped: true },
    { id: 'GHSA-aaaa-bbbb-dddd', package: 'builder', where: 'npm', title: 'another', shipped: false },
  ])
  expect(readNpmAudit(JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} }), new Set())).toEqual([])
  for (const text of ['', '{}', '{"message":"405 Method Not Allowed","statusCode":405}', '{"auditReportVersion":2}', '<html>'])
    expect(readNpmAudit(text, new Set())).toBeUndefined()
})

test('govulncheck: what is reached through calls, not what only lies in a module, nor what was withdrawn', () => {
  const text = [
    { config: { protocol_version: 'v1.0.0' } },
    { osv: { id: 'GO-1', summary: 'a hole' } },
    { osv: { id: 'GO-3', summary: 'none after all', withdrawn: '2026-01-01T00:00:00Z' } },
    { finding: { osv: 'GO-1', trace: [{ module: 'example.org/net' }] } },
    { finding: { osv: 'GO-1', trace: [{ module: 'example.org/net', package: 'example.org/net/http', function: 'Serve' }] } },
    { finding: { osv: 'GO-2', trace: [{ module: 'example.org/net', package: 'example.org/net/html' }] } },
    { finding: { osv: 'GO-3', trace: [{ module: 'example.org/net', function: 'Serve' }] } },
  ]
    .map(message => JSON.stringify(message, undefined, 2))
    .join('\n')
  expect(readGovulncheck(text, 'node', true)).toEqual({ reached: [finding], unreached: 1 })
  expect(readGovulncheck('', 'node', true)).toEqual({ reached: [], unreached: 0 })
  expect(() => readGovulncheck(text.slice(0, -5), 'node', true)).toThrow(SyntaxError)
})

test('Go’s database is listed by module, with the version that mends', () => {
  const events = [{ introduced: '0' }, { fixed: '1.2.0' }]
  const entry = { id: 'GO-1', modified: '2026-01-01T00:00:00Z', affected: [{ package: { name: 'example.org/net' }, ranges: [{ events }] }] }
  const modified = '2026-11-05T00:00:00Z'
  expect(
    indexOf([entry, { ...entry, id: 'GO-2', aliases: ['CVE-1'], affected: [{ package: { name: 'example.org/net' } }] }], modified),
  ).toEqual({
    db: { modified },
    vulns: [
      { id: 'GO-1', modified: entry.modified, aliases: [] },
      { id: 'GO-2', modified: entry.modified, aliases: ['CVE-1'] },
    ],
    modules: [
      {
        path: 'example.org/net',
        vulns: [
          { id: 'GO-1', modified: entry.modified, fixed: '1.2.0' },
          { id: 'GO-2', modified: entry.modified },
        ],
      },
    ],
  })
})
