import type { LockedPackages } from './shipped-packages.ts'

/** A package.json, as far as it is read here. */
export interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Scripts that npm runs by itself when a package is installed. */
const installScripts = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']

/** What a package.json leaves open: a range, a tag, an address; and scripts that run at installation. One line for each. */
export function looseInManifest(file: string, manifest: Manifest): readonly string[] {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }
  return [
    ...Object.entries(wanted)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version))
      .map(([name]) => `${file}: expected an exact version of ${name}`),
    ...installScripts.filter(name => manifest.scripts?.[name] !== undefined).map(name => `${file}: expected no script ${name}`),
  ]
}

/** What package-lock.json leaves open: packages without a SHA-512, and places to fetch them from, which are the installer's choice. */
export function looseInLockfile(packages: LockedPackages): readonly string[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && link !== true)
    .flatMap(([path, { integrity, resolved }]) => [
      ...(/^sha512-[0-9A-Za-z+/]{86}==$/.test(integrity ?? '') ? [] : [`package-lock.json: expected a SHA-512 of ${path}`]),
      ...(resolved === undefined ? [] : [`package-lock.json: expected no address of ${path}`]),
    ])
}

/**
 * Compares the packages that would run a script when they are installed with those that are known to.
 *
 * @param known - name of the package to the reason why it does without
 */
export function unknownInstallScripts(packages: LockedPackages, known: Readonly<Record<string, string>>): readonly string[] {
  const found = new Set(
    Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path, { name }]) => name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)),
  )
  return [
    ...[...found].filter(name => !Object.hasOwn(known, name)).map(name => `${name} has an install script; look at what lacks without it`),
    ...Object.keys(known)
      .filter(name => !found.has(name))
      .map(name => `${name} has no install script any more; take it off the list`),
  ]
}

/** What a Go module leaves open: a requirement without a checksum, a replacement, no `go` line. */
export function looseInModule(folder: string, goMod: string, goSum: string): readonly string[] {
  const sums = new Set(goSum.split('\n').map(line => line.split(' ').slice(0, 2).join(' ')))
  const required = [...goMod.matchAll(/^(?:require )?\s*([^\s/]+\.[^\s]+) (v[^\s]+)/gm)].map(([, path, version]) => ({ path, version }))
  return [
    // Where only a module's own requirements were needed, go.sum has the sum of its go.mod alone.
    ...required
      .filter(({ path, version }) => !sums.has(`${path} ${version}`) && !sums.has(`${path} ${version}/go.mod`))
      .map(({ path }) => `${folder}/go.sum: expected a checksum of ${path}`),
    ...(/^\s*replace\b/m.test(goMod) ? [`${folder}/go.mod: expected no replacement`] : []),
    ...(/^go \d+\.\d+/m.test(goMod) ? [] : [`${folder}/go.mod: expected a version of Go`]),
  ]
}

/** What a list of Python packages leaves open: a line that is no exact version with a SHA-256. */
export function looseInRequirements(file: string, text: string): readonly string[] {
  return text
    .replace(/^#.*$/gm, '')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '' && !/^[A-Za-z0-9_.-]+==[^\s*]+(\s+--hash=sha256:[0-9a-f]{64})+$/.test(line))
    .map(line => `${file}: expected an exact version and a SHA-256 of ${line.split(/[\s=<>~!;[]/)[0]}`)
}

/** What .npmrc must say, and what it must not. */
export function looseInNpmrc(text: string): readonly string[] {
  const lines = text.split('\n').map(line => line.replace(/\s/g, ''))
  return [
    ...['ignore-scripts=true', 'save-exact=true', 'omit-lockfile-registry-resolved=true']
      .filter(line => !lines.includes(line))
      .map(line => `.npmrc: expected ${line}`),
    ...lines.filter(line => /registry=|_auth|\/\//.test(line)).map(line => `.npmrc: expected no ${line.split('=')[0]}`),
  ]
}

/** Lines that name a place on one machine, which is nowhere on another: a home, a Mac's, the folder that the sources lie in. */
export function machinePaths(file: string, text: string, folder: string): readonly string[] {
  const places = [/\/home\/[a-z][a-z0-9_-]*\//, /\/root\//, /\/Users\/[A-Za-z]/, /\b[A-Z]:\\Users\\/]
  return text.split('\n').flatMap((line, index) => {
    const isPlaced = line.includes(`${folder}/`) || places.some(place => place.test(line))
    return isPlaced ? [`${file}:${index + 1}: expected no path of one machine`] : []
  })
}
