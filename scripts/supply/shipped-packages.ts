/** An entry of package-lock.json, as far as it is read here. */
export interface LockedPackage {
  readonly name?: string
  readonly version?: string
  readonly integrity?: string
  readonly license?: string
  readonly link?: boolean
  readonly hasInstallScript?: boolean
  readonly resolved?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export type LockedPackages = Readonly<Record<string, LockedPackage>>

/** A package that goes to users, with the path that it has in the lockfile. */
export interface ShippedPackage {
  readonly path: string
  readonly name: string
  readonly version: string
  readonly license: string
  readonly integrity: string | undefined
}

/**
 * What programs need to run, by the lockfile: their dependencies, those of them, and so on; not what only builds or tests them. Our own workspaces are
 * followed and not listed. An optional peer that nobody installs is none.
 *
 * @param roots - folders of the programs, such as `apps/institution`
 */
export function shippedPackages(packages: LockedPackages, roots: readonly string[]): readonly ShippedPackage[] {
  const found = new Map<string, ShippedPackage>()
  const seen = new Set<string>()
  const queue = [...roots]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    const entry = packages[path]
    if (entry === undefined) throw new Error(`expected ${path} in package-lock.json`)
    if (path.includes('node_modules/')) found.set(path, describe(path, entry))
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies })) {
      const resolved = resolve(packages, path, name)
      if (resolved !== undefined) queue.push(resolved)
      else if (entry.dependencies?.[name] !== undefined) throw new Error(`expected ${name} of ${path} in package-lock.json`)
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** As Node finds a package: in the folder itself, else in the folders above it. */
function resolve(packages: LockedPackages, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = parentOf(folder)) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    const entry = packages[path]
    if (entry !== undefined) return entry.link === true ? entry.resolved : path
    if (folder === '') return undefined
  }
}

function parentOf(folder: string): string {
  const at = folder.lastIndexOf('/node_modules/')
  return at < 0 ? '' : folder.slice(0, at)
}

function describe(path: string, { name, version = '', license = '', integrity }: LockedPackage): ShippedPackage {
  return { path, name: name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), version, license, integrity }
}
