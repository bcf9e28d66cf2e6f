// Asks for known vulnerabilities in what is used here, and compares with docs/accepted-findings.json: `npm run audit [-- --all]`. Ends with 0 if nothing
// unknown is shipped, with 1 if something is or an accepted finding is due for review, and with 3 if somebody could not be asked: then nothing is claimed.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
// biome-ignore lint/correctness/useImportExtensions: plain JavaScript, with its types beside it
import { goEnvironment } from './go-programs.mjs'
import { type AcceptedFinding, compareFindings, type Finding, faultsOfAccepted } from './supply/findings.ts'
import { goVulnerabilities } from './supply/go-vulnerabilities.ts'
import { readGovulncheck } from './supply/govulncheck.ts'
import { readNpmAudit } from './supply/npm-audit.ts'
import { lockedPackages, root } from './supply/shipped.ts'
import { shippedPackages } from './supply/shipped-packages.ts'

/** The checker itself, pinned; its checksum is in the public log of modules. */
const govulncheck = 'golang.org/x/vuln/cmd/govulncheck@v1.9.0'

/** Programs in Go. Those that are not shipped take long, and are looked at with `--all`. */
const programs: readonly { name: string; folder: string; source: string; shipped: boolean; flags?: string }[] = [
  { name: 'neo-go', folder: 'network', source: 'github.com/nspcc-dev/neo-go/cli', shipped: true, flags: '-tags=noasm' },
  { name: 'verifier', folder: 'packages/proofs/native', source: '.', shipped: true },
  { name: 'token', folder: 'packages/service/native/pkcs11', source: '.', shipped: true },
  { name: 'byzantine', folder: 'network', source: './byzantine', shipped: false, flags: '-tags=noasm' },
  { name: 'gmsm', folder: 'packages/keys/vectors/gmsm', source: './...', shipped: false },
  { name: 'fabric', folder: 'network/fabric', source: 'github.com/hyperledger/fabric/cmd/peer', shipped: false },
  { name: 'oauth2-proxy', folder: 'tests/stock-app/oauth2-proxy', source: 'github.com/oauth2-proxy/oauth2-proxy/v7', shipped: false },
]

const all = process.argv.includes('--all')
const unasked: string[] = []
const asked = new Set<string>()
const findings: Finding[] = [...npm(), ...go()]

const accepted = JSON.parse(readFileSync(join(root, 'docs', 'accepted-findings.json'), 'utf8')) as readonly AcceptedFinding[]
const faults = faultsOfAccepted(accepted)
const today = new Date().toISOString().slice(0, 10)
const { unknown, overdue, gone, elsewhere } = compareFindings(findings, accepted, today, asked)

for (const { id, package: name, where, title } of elsewhere) console.log(`audit: not shipped: ${id} ${name} (${where}): ${title}`)
for (const { id, package: name, where } of gone) console.log(`audit: ${id} ${name} (${where}) is found no more; take it off the list`)
for (const fault of faults) console.error(`audit: docs/accepted-findings.json: ${fault}`)
for (const { id, package: name, where, reviewBy } of overdue)
  console.error(`audit: ${id} ${name} (${where}) was to be looked at again by ${reviewBy}; do, and date it anew, or mend it`)
for (const { id, package: name, where, title } of unknown)
  console.error(
    `audit: UNKNOWN ${id} ${name} (${where}): ${title}. Take a version that mends it; if it does no harm here, say why in docs/accepted-findings.json`,
  )
for (const who of unasked) console.error(`audit: NOT ASKED: ${who}`)
console.log(
  `audit: ${asked.size} asked (${[...asked].join(', ')}), ${unasked.length} not; ${unknown.length} unknown, ${accepted.length} accepted of which ${overdue.length} overdue`,
)
process.exitCode = unknown.length + overdue.length + faults.length > 0 ? 1 : unasked.length > 0 ? 3 : 0

function npm(): readonly Finding[] {
  const packages = lockedPackages()
  const apps = Object.keys(packages).filter(path => /^apps\/[^/]+$/.test(path) && path !== 'apps/pcn-stand-in')
  const shipped = new Set(shippedPackages(packages, apps).map(({ path }) => path))
  const { stdout } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  const found = readNpmAudit(stdout ?? '', shipped)
  if (found === undefined) {
    unasked.push('npm (the registry gives no report; nothing is known about the npm packages)')
    return []
  }
  asked.add('npm')
  return found
}

function go(): readonly Finding[] {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-vulnerabilities-'))
  try {
    const database = goVulnerabilities(folder)
    if (database === undefined) {
      unasked.push('Go (its database of vulnerabilities cannot be had through the module proxy)')
      return []
    }
    console.log(`audit: Go's database as of ${database.as}`)
    return programs.filter(({ shipped }) => shipped || all).flatMap(program => goProgram(program, database.address))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function goProgram({ name, folder, source, shipped, flags }: (typeof programs)[number], database: string): readonly Finding[] {
  const env = { ...goEnvironment(folder), ...(flags === undefined ? {} : { GOFLAGS: flags }) }
  const args = ['run', govulncheck, '-db', database, '-format', 'json', source]
  const { status, stdout, stderr } = spawnSync('go', args, { cwd: join(root, folder), encoding: 'utf8', env, maxBuffer: 256 * 1024 * 1024 })
  if (status !== 0) {
    unasked.push(`${name} (${stderr.trim().split('\n').at(-1)})`)
    return []
  }
  asked.add(name)
  const { reached, unreached } = readGovulncheck(stdout, name, shipped)
  console.log(`audit: ${name}: ${reached.length} within reach, ${unreached} in modules of which it reaches other parts`)
  return reached
}
