// Everything a change must pass: check, unit tests, contracts, tests on real networks. Stops at the first stage that fails.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
const reports = mkdtempSync(join(tmpdir(), 'hufu-test-'))
const started = Date.now()
const totals = { passed: 0, failed: 0, skipped: 0 }

try {
  stage('check', ['scripts/check.ts'])
  vitestStage('unit')
  stage('contracts', ['scripts/test-contracts.ts'])
  vitestStage('chain')
} finally {
  rmSync(reports, { recursive: true, force: true })
}
closing()

function stage(name: string, args: readonly string[]): void {
  console.log(`\n== ${name} (${Math.round((Date.now() - started) / 1000)} s so far)`)
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (result.status === 0) return
  console.error(
    `\n${name} failed${result.signal === null ? '' : ` (${result.signal})`}; run it alone with: npm run ${name === 'check' ? name : `test:${name}`}`,
  )
  if (totals.failed === 0) totals.failed = 1
  closing()
}

function vitestStage(project: string): void {
  const report = join(reports, `${project}.json`)
  const args = [vitest, 'run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  console.log(`\n== ${project} (${Math.round((Date.now() - started) / 1000)} s so far)`)
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (existsSync(report)) {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>
    totals.passed += numPassedTests ?? 0
    totals.failed += numFailedTests ?? 0
    totals.skipped += numPendingTests ?? 0
  }
  if (result.status !== 0) {
    console.error(`\n${project} failed; run it alone with: npm run test:${project}`)
    if (totals.failed === 0) totals.failed = 1
    closing()
  }
}

function closing(): never {
  console.log(`\n${Math.round((Date.now() - started) / 1000)} s in all`)
  console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`)
  process.exit(totals.failed === 0 ? 0 : 1)
}
