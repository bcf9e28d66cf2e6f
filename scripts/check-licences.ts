// Everything that is shipped may be: no GPL, and nothing whose licence is not known. Building and testing may use what they like.
import { shipped } from './supply/shipped.ts'

/** MPL binds its own files only, which we do not change. */
const allowed = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'MPL-2.0',
])

/** An expression of SPDX: one of `OR` is enough, `AND` means all. */
function isAllowed(expression: string): boolean {
  return expression
    .replace(/[()]/g, '')
    .split(/ OR /)
    .some(choice => choice.split(/ AND /).every(license => allowed.has(license.trim())))
}

const { packages, modules } = shipped()
const refused = [...packages.map(({ path, version, license }) => ({ path, version, license })), ...modules].filter(
  ({ license }) => !isAllowed(license),
)
for (const { path, version, license } of refused) console.error(`${path} ${version}: ${license || 'no licence named'}`)
console.log(`${packages.length} packages and ${modules.length} Go modules are shipped; ${refused.length} may not be`)
process.exit(refused.length === 0 ? 0 : 1)
