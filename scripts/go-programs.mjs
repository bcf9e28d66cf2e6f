// How the programs in Go are built; set-up puts them where they are run, `npm run reproduce` builds them twice and compares. Plain JavaScript without dependencies, as set-up is.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { applyPatch, patchedFile } from './apply-patch.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const patchedModules = ['neo-go', 'dbft']
/** Neither paths of this machine nor the state of the repository stand in what is built. */
const plain = ['-buildvcs=false', '-trimpath']
const environments = new Map()

/**
 * Environment for `go` in a folder: the very compiler that its go.mod names, whichever one the machine has, so that everybody builds the same bytes. Where
 * that one cannot be had (no module proxy), the machine's own is used, and said to be.
 */
export function goEnvironment(folder) {
  const [, pinned] = /^toolchain (\S+)$/m.exec(readFileSync(join(root, folder, 'go.mod'), 'utf8')) ?? []
  const known = environments.get(pinned)
  if (known !== undefined) return known
  const env = { ...process.env, ...(pinned === undefined ? {} : { GOTOOLCHAIN: pinned }) }
  const isThere = pinned === undefined || spawnSync('go', ['version'], { cwd: join(root, folder), env }).status === 0
  if (!isThere) console.error(`setup: ${pinned} cannot be had; this machine's own Go builds, and what it builds has another hash`)
  environments.set(pinned, isThere ? env : { ...process.env, GOTOOLCHAIN: 'local' })
  return environments.get(pinned)
}

/** Files that neo-go and the programs beside it are built from. */
export function neoGoSources() {
  return ['network/go.mod', 'network/go.sum', ...neoGoPatches()]
}

/**
 * Builds the ledger node.
 *
 * @param cache - folder for the patched sources
 * @param output - file
 * @param run - runs a command in a folder, and does not return if it fails
 */
export function buildNeoGo(cache, output, run) {
  // Says that it is not quite the one that its makers release.
  const version = `${moduleField('neo-go', 'Version', run).replace(/^v/, '')}+hufu.${neoGoPatches().length}`
  patchNeoGo(cache, run)
  buildOfNetwork(cache, output, 'github.com/nspcc-dev/neo-go/cli', run, `-X github.com/nspcc-dev/neo-go/pkg/config.Version=${version}`)
}

/** Builds a program of the network's module, with neo-go as patched into `cache`. */
export function buildOfNetwork(cache, output, source, run, flags = '') {
  mkdirSync(dirname(output), { recursive: true })
  // `noasm`: the decoder of pierrec/lz4 2.6.1 in assembler refuses blocks that it has compressed itself, so that a node that joins can never fetch some
  // block, and a transaction of such bytes makes all nodes hang up on each other; its decoder in Go is right.
  const options = ['-modfile', join(cache, 'network.mod'), '-tags', 'noasm', ...plain, '-ldflags', `-s -w ${flags}`.trim()]
  run('go', ['build', ...options, '-o', `${output}.new`, source], join(root, 'network'), goEnvironment('network'))
  renameSync(`${output}.new`, output)
}

/** Builds a program that is a module of its own. */
export function buildGoProgram(folder, output, run) {
  mkdirSync(dirname(output), { recursive: true })
  run('go', ['build', ...plain, '-ldflags', '-s -w', '-o', `${output}.new`, '.'], join(root, folder), goEnvironment(folder))
  renameSync(`${output}.new`, output)
}

/** Copies the pinned sources and puts our patches on them; each says in its first lines what it is for. */
export function patchNeoGo(cache, run) {
  mkdirSync(cache, { recursive: true })
  const replaced = patchedModules.map(
    module => `replace github.com/nspcc-dev/${module} => ${relative(join(root, 'network'), join(cache, module))}`,
  )
  for (const module of patchedModules) copyPatched(cache, module, run)
  const pinned = readFileSync(join(root, 'network', 'go.mod'), 'utf8')
  writeFileSync(join(cache, 'network.mod'), `${pinned}\n${replaced.join('\n')}\n`)
  copyFileSync(join(root, 'network', 'go.sum'), join(cache, 'network.sum'))
}

function copyPatched(cache, module, run) {
  const sources = moduleField(module, 'Dir', run)
  const patched = join(cache, module)
  rmSync(patched, { recursive: true, force: true })
  for (const name of readdirSync(sources, { recursive: true })) {
    const from = join(sources, String(name))
    // Copied by content: the module cache is read-only, and so its copy would be.
    if (!statSync(from).isFile()) continue
    mkdirSync(dirname(join(patched, String(name))), { recursive: true })
    writeFileSync(join(patched, String(name)), readFileSync(from))
  }
  for (const name of patchesOf(module)) {
    const patch = readFileSync(join(root, name), 'utf8')
    const file = join(patched, patchedFile(patch))
    writeFileSync(file, applyPatch(readFileSync(file, 'utf8'), patch).text)
  }
}

/** Patches of neo-go and of its consensus, by module. */
function neoGoPatches() {
  return patchedModules.flatMap(patchesOf)
}

function patchesOf(module) {
  const folder = join('network', 'patches', module)
  const names = readdirSync(join(root, folder)).filter(name => name.endsWith('.patch'))
  return names.sort().map(name => join(folder, name))
}

/** Of a module as network/go.mod pins it. */
function moduleField(module, field, run) {
  const path = `github.com/nspcc-dev/${module}`
  const env = goEnvironment('network')
  run('go', ['mod', 'download', path], join(root, 'network'), env)
  return execFileSync('go', ['list', '-m', '-f', `{{.${field}}}`, path], { cwd: join(root, 'network'), encoding: 'utf8', env }).trim()
}
