import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ShippedModule, shippedModules } from './shipped-modules.ts'
import { type LockedPackages, type ShippedPackage, shippedPackages } from './shipped-packages.ts'

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Stand-ins for tests and the pilot's audience; they go to nobody. */
const notShipped = new Set(['apps/pcn-stand-in'])

/** Programs in Go that an installation runs, where set-up puts them. */
const programs = ['network/bin/neo-go', 'packages/proofs/native/bin/verifier']

/** The lockfile's entries, by path. */
export function lockedPackages(): LockedPackages {
  return (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: LockedPackages }).packages
}

/** Everything of others that an installation of Hufu has: npm packages of the programs in apps/, modules inside the programs in Go. */
export function shipped(): { readonly packages: readonly ShippedPackage[]; readonly modules: readonly ShippedModule[] } {
  const locked = lockedPackages()
  const apps = Object.keys(locked).filter(path => /^apps\/[^/]+$/.test(path) && !notShipped.has(path))
  const packages = shippedPackages(locked, apps)
  const modules = new Map(
    programs.flatMap(program => shippedModules(join(root, program))).map(module => [`${module.path}@${module.version}`, module]),
  )
  return { packages, modules: [...modules.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) }
}
