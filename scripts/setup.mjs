// Sets up what is missing; `npm start` and `npm test` run it first (not as pre-scripts: .npmrc turns install scripts off, and these with them). Plain JavaScript without dependencies: it runs on Node 20, before anything is installed.
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
// biome-ignore lint/correctness/useImportExtensions: plain JavaScript, with its types beside it
import { buildGoProgram, buildNeoGo, buildOfNetwork, neoGoSources, patchNeoGo } from './go-programs.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
/** Of what is made here and belongs to nobody's sources. */
const cache = join(root, 'node_modules', '.cache', 'hufu')
const started = Date.now()

// Nothing else: the pilot runs this beside itself, so that nobody waits for it (network/src/fabric/build-fabric.ts).
if (process.argv.includes('--fabric-only')) {
  buildFabric(['-v'])
  process.exit(0)
}
installPackages()
buildLedgerNode()
buildNativeVerifier()
makeDatabaseTemplate()
makeDevelopmentKeys()
buildPages('wallet', join('apps', 'wallet'), "the wallet's pages")
buildPages('staff pages', join('apps', 'institution', 'pages'), "the pages of institutions' staff")
buildPages('console', join('apps', 'console', 'pages'), 'the pages of the console')
if (process.argv.includes('--for-tests')) {
  installForTests('chromium', 'Chromium, for the tests in a browser', () => existsSync('/usr/bin/chromium'))
  installForTests('gcc', 'a C compiler, for the program that talks to PKCS#11 tokens', () => spawnSync('gcc', ['--version']).status === 0)
  installForTests('libc6-dev', 'headers of C', () => existsSync('/usr/include/stdlib.h'))
  installForTests('softhsm2', 'SoftHSM, a PKCS#11 token for the tests', () => existsSync('/usr/bin/softhsm2-util'))
  installForTests('postgresql', 'PostgreSQL, for the tests on a server', () => existsSync('/usr/lib/postgresql'))
  installForTests('libfaketime', 'libfaketime, for the tests of clocks that are wrong', () =>
    readdirSync('/usr/lib').some(folder => existsSync(join('/usr/lib', folder, 'faketime', 'libfaketimeMT.so.1'))),
  )
  installForTests('strace', 'strace, by which tests have disks fail', () => existsSync('/usr/bin/strace'))
  installForTests('python3-venv', 'Python, for the tests that think up requests', hasPython)
  installSchemathesis()
  installForTests('systemd', 'systemd-analyze, which checks the units of deploy/', () => existsSync('/usr/bin/systemd-analyze'))
  installKubernetesValidate()
  buildByzantine()
}
if (process.argv.includes('--for-tests') || process.argv.includes('--fabric')) buildFabric()
// Servers with keys in a token need it: `npm run setup -- --pkcs11`.
if (process.argv.includes('--for-tests') || process.argv.includes('--pkcs11')) buildPkcs11()

function installPackages() {
  step('packages', ['package-lock.json'], join('node_modules', '.hufu-installed'), 'npm packages and Node 24', () =>
    // Not `npm ci`: it refuses a lockfile that lacks the optional packages of other operating systems, which not every
    // registry mirror carries. `install --no-save` takes the same pinned versions and integrity hashes and leaves the lockfile alone.
    run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], root),
  )
}

function buildLedgerNode() {
  if (spawnSync('go', ['version']).status !== 0) fail('Go is missing.', 'Install Go 1.25 or newer and put it on the PATH.')
  step(
    'neo-go',
    [...neoGoSources(), 'scripts/apply-patch.mjs'],
    join('network', 'bin', '.neo-go-noasm-built'),
    'neo-go, the ledger node (a minute or two the first time)',
    () => buildNeoGo(cache, join(root, 'network', 'bin', 'neo-go'), run),
  )
}

function buildNativeVerifier() {
  const folder = join('packages', 'proofs', 'native')
  const sources = readdirSync(join(root, folder)).filter(name => name.endsWith('.go') || name === 'go.mod' || name === 'go.sum')
  step(
    'native verifier',
    sources.map(name => join(folder, name)),
    join(folder, 'bin', '.built'),
    'the native verifier of zero-knowledge proofs',
    () => buildGoProgram(folder, join(root, folder, 'bin', 'verifier'), run),
  )
}

function makeDatabaseTemplate() {
  step(
    'database template',
    ['packages/service/package.json'],
    join('node_modules', '.cache', 'hufu', '.embedded-database-made'),
    'an empty embedded database',
    () => run(join(root, 'node_modules', '.bin', 'node'), ['scripts/make-embedded-template.ts'], root),
  )
}

function makeDevelopmentKeys() {
  const circuits = readdirSync(join(root, 'circuits', 'compiled')).map(name => join('circuits', 'compiled', name))
  step(
    'development keys',
    [...circuits, join('circuits', 'development-keys.json')],
    join('circuits', 'development-keys', '.made'),
    'keys of the zero-knowledge circuits, for tests and the pilot',
    () => run(join(root, 'node_modules', '.bin', 'node'), ['circuits/src/make-development-keys.ts'], root),
  )
}

/** A validator that misbehaves, of the same module as neo-go: never part of what is shipped. */
function buildByzantine() {
  const folder = join('network', 'byzantine')
  const sources = readdirSync(join(root, folder)).filter(name => name.endsWith('.go') && !name.endsWith('_test.go'))
  // Its own tests are built from there, too.
  if (!existsSync(join(cache, 'network.mod'))) patchNeoGo(cache, run)
  step(
    'byzantine',
    [...neoGoSources(), ...sources.map(name => join(folder, name))],
    join('network', 'bin', '.byzantine-noasm-built'),
    'a validator that misbehaves, for the tests',
    () => buildOfNetwork(cache, join(root, 'network', 'bin', 'byzantine'), './byzantine', run),
  )
}

/** Hyperledger Fabric, a chain of others, for the pilot and the tests of gateways: the release that network/fabric/go.mod pins. */
function buildFabric(options = []) {
  const folder = join('network', 'fabric')
  const programs = ['configtxgen', 'cryptogen', 'orderer', 'osnadmin', 'peer']
  step(
    'Fabric',
    ['go.mod', 'go.sum'].map(name => join(folder, name)),
    join('network', 'bin', 'fabric', '.built'),
    'Hyperledger Fabric, for the hospital group’s channel (some minutes the first time)',
    () => {
      const fabric = 'github.com/hyperledger/fabric'
      const bin = join(root, 'network', 'bin', 'fabric')
      const fresh = `${bin}.new`
      rmSync(fresh, { recursive: true, force: true })
      mkdirSync(fresh, { recursive: true })
      run('go', ['mod', 'download', fabric], join(root, folder))
      const sources = execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', fabric], { cwd: join(root, folder), encoding: 'utf8' }).trim()
      // Its tags are out of reach for modules, so it does not know its own version.
      const flags = ['-buildvcs=false', '-trimpath', '-ldflags', `-s -w -X ${fabric}/common/metadata.Version=v3.1.1`]
      run('go', ['build', ...options, ...flags, '-o', `${fresh}/`, ...programs.map(name => `${fabric}/cmd/${name}`)], join(root, folder))
      for (const name of ['core.yaml', 'orderer.yaml']) writeFileSync(join(fresh, name), readFileSync(join(sources, 'sampleconfig', name)))
      // Whoever looks for the programs finds all of them or none.
      rmSync(bin, { recursive: true, force: true })
      renameSync(fresh, bin)
    },
  )
}

function buildPkcs11() {
  const folder = join('packages', 'service', 'native', 'pkcs11')
  const sources = readdirSync(join(root, folder)).filter(name => name.endsWith('.go') || name === 'go.mod' || name === 'go.sum')
  step(
    'PKCS#11',
    sources.map(name => join(folder, name)),
    join(folder, 'bin', '.built'),
    'the program that talks to PKCS#11 tokens',
    () => buildGoProgram(folder, join(root, folder, 'bin', 'token'), run),
  )
}

/** A tool that thinks up requests out of the description of the API; its versions are pinned. */
function installSchemathesis() {
  const folder = join('node_modules', '.cache', 'hufu', 'schemathesis')
  const requirements = join('tests', 'attacks', 'schemathesis', 'requirements.txt')
  step('schemathesis', [requirements], join(folder, '.installed'), 'schemathesis, which thinks up requests for the tests', () => {
    run('python3', ['-m', 'venv', '--clear', folder], root)
    run(
      join(root, folder, 'bin', 'pip'),
      ['install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes', '-r', requirements],
      root,
    )
  })
}

/** Checks the manifests of deploy/ against the schemas of Kubernetes, which it brings along; its versions are pinned. */
function installKubernetesValidate() {
  const folder = join('node_modules', '.cache', 'hufu', 'kubernetes-validate')
  const requirements = join('tests', 'deploy', 'requirements.txt')
  step(
    'kubernetes-validate',
    [requirements],
    join(folder, '.installed'),
    'kubernetes-validate, which checks the manifests of deploy/',
    () => {
      run('python3', ['-m', 'venv', '--clear', folder], root)
      run(
        join(root, folder, 'bin', 'pip'),
        ['install', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes', '-r', requirements],
        root,
      )
    },
  )
}

function hasPython() {
  // Debian's own Python lacks what makes environments until its package is there.
  return spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0
}

/** Installs a Debian package that only tests need. */
function installForTests(name, description, isThere) {
  if (isThere()) return
  console.error(`setup: ${description} …`)
  if (spawnSync('apt-get', ['--version']).status !== 0) fail(`${name} is missing.`, 'Install it.')
  const install = ['install', '--yes', '--no-install-recommends', name]
  const isInstalled = spawnSync('apt-get', install, { stdio: 'ignore' }).status === 0
  if (isInstalled) return
  run('apt-get', ['update'], root)
  run('apt-get', install, root)
}

/** Built again when anything changes that may stand in them. */
function buildPages(name, folder, description) {
  if (!existsSync(join(root, folder, 'vite.config.ts'))) return
  const sources = [folder, 'packages'].flatMap(from =>
    readdirSync(join(root, from), { recursive: true })
      .map(file => join(from, String(file)))
      .filter(
        file =>
          !/(^|\/)(node_modules|dist|server|native|vectors)\/|\.test\.ts$/.test(file) && /\.(tsx?|css|html|svg|png|json|wasm)$/.test(file),
      ),
  )
  step(name, ['package-lock.json', ...sources.sort()], join(folder, 'dist', '.built'), description, () =>
    run(join(root, 'node_modules', '.bin', 'node'), ['node_modules/vite/bin/vite.js', 'build', folder, '--logLevel', 'warn'], root),
  )
}

/** Runs `work` unless the stamp holds the hash of the inputs already. */
function step(name, inputs, stampFile, description, work) {
  const hash = createHash('sha256')
  for (const input of inputs) hash.update(readFileSync(join(root, input)))
  const wanted = hash.digest('hex')
  const stamp = join(root, stampFile)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const stepStarted = Date.now()
  console.error(`setup: ${description} …`)
  work()
  writeFileSync(stamp, wanted)
  console.error(
    `setup: ${name} ready in ${((Date.now() - stepStarted) / 1000).toFixed(0)} s (${((Date.now() - started) / 1000).toFixed(0)} s in all)`,
  )
}

function run(command, args, cwd, env = process.env) {
  const result = spawnSync(command, args, { cwd, env, stdio: ['ignore', 2, 2] })
  if (result.error) fail(`${command} could not be started: ${result.error.message}`, `Install ${command} and put it on the PATH.`)
  if (result.status !== 0)
    fail(
      `${command} ${args[0]} ended with exit code ${result.status}.`,
      'Its own output above says why; running the command again continues from here.',
    )
}

function fail(what, help) {
  console.error(`setup: ${what} ${help}`)
  process.exit(1)
}
