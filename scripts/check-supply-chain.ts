// Nothing is fetched that was not looked at: exact versions, a hash of each, no address, no script at installation. Reads files alone.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  looseInLockfile,
  looseInManifest,
  looseInModule,
  looseInNpmrc,
  looseInRequirements,
  type Manifest,
  machinePaths,
  unknownInstallScripts,
} from './supply/pins.ts'
import { lockedPackages, root } from './supply/shipped.ts'

/** Packages that would run a script when installed, and why they do without: none is run (.npmrc). A new one is looked at before it comes in here. */
const withInstallScript: Readonly<Record<string, string>> = {
  '@foundry-rs/anvil': 'fetches a program that the optional package of the platform brings as well',
  pkcs11js: 'compiles what talks to a token of Fabric’s; our keys in tokens are our own program’s',
  protobufjs: 'warns of versions that others ask for',
}

const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  .split('\0')
  .filter(file => file !== '' && existsSync(join(root, file)))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const named = (pattern: RegExp) => files.filter(file => pattern.test(file))

const packages = lockedPackages()
const manifests = named(/(^|\/)package\.json$/)
const modules = named(/(^|\/)go\.mod$/).map(file => dirname(file))
const requirements = named(/(^|\/)requirements[^/]*\.txt$/)

const loose = [
  ...looseInNpmrc(read('.npmrc')),
  ...manifests.flatMap(file => looseInManifest(file, JSON.parse(read(file)) as Manifest)),
  ...looseInLockfile(packages),
  ...unknownInstallScripts(packages, withInstallScript),
  ...modules.flatMap(folder => looseInModule(folder, read(join(folder, 'go.mod')), read(join(folder, 'go.sum')))),
  ...requirements.flatMap(file => looseInRequirements(file, read(file))),
  // Binary files are of compilers that were told to leave paths out; `npm run reproduce` builds them in two places.
  ...named(/\.(ts|tsx|mjs|js|json|md|go|ya?ml|toml|css|html|circom|sol|txt|patch|service|cfg)$/)
    .filter(file => !/(^|\/)supply\/pins(\.test)?\.ts$/.test(file))
    .flatMap(file => machinePaths(file, read(file), root)),
]
for (const line of loose) console.error(line)
console.log(
  `${manifests.length} package.json, ${Object.keys(packages).length} entries of the lockfile, ${modules.length} Go modules, ${requirements.length} lists for Python; ${loose.length} things left open`,
)
process.exit(loose.length === 0 ? 0 : 1)
