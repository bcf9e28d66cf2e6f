import { expect, test } from 'vitest'
import {
  looseInLockfile,
  looseInManifest,
  looseInModule,
  looseInNpmrc,
  looseInRequirements,
  machinePaths,
  unknownInstallScripts,
} from './pins.ts'

const integrity = `sha512-${'a'.repeat(86)}==`
const sha256 = 'a'.repeat(64)

test.each(['1.0.0', '1.0.0-rc.1'])('an exact version is one: %s', version => {
  expect(looseInManifest('package.json', { dependencies: { web: version } })).toEqual([])
})

test.each([
  '^1.0.0',
  '~1.0.0',
  '1.0',
  '1.x',
  '*',
  '',
  'latest',
  '>=1.0.0',
  '1.0.0 || 2.0.0',
  'https://example.org/web.tgz',
  'npm:web@1.0.0',
])('a range, a tag or an address is not: %s', version => {
  for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies'])
    expect(looseInManifest('package.json', { [kind]: { web: version } })).toEqual(['package.json: expected an exact version of web'])
})

test('our own packages run nothing when they are installed', () => {
  expect(looseInManifest('package.json', { scripts: { test: 'vitest', postinstall: 'node x.mjs' } })).toEqual([
    'package.json: expected no script postinstall',
  ])
})

test('an entry of the lockfile has a SHA-512 and no address; our own packages have neither', () => {
  expect(looseInLockfile({ 'packages/keys': {}, 'node_modules/@hufu/keys': { link: true, resolved: 'packages/keys' } })).toEqual([])
  expect(looseInLockfile({ 'apps/cli/node_modules/web': { version: '1.0.0', integrity } })).toEqual([])
  expect(looseInLockfile({ 'apps/cli/node_modules/web': { version: '1.0.0' } })).toHaveLength(1)
  expect(looseInLockfile({ 'node_modules/web': { integrity: 'sha1-abc=' } })).toHaveLength(1)
  expect(looseInLockfile({ 'node_modules/web': { integrity: integrity.slice(0, -3) } })).toHaveLength(1)
  expect(looseInLockfile({ 'node_modules/web': { integrity, resolved: 'https://example.org/web.tgz' } })).toHaveLength(1)
})

test('an install script that nobody has looked at is found, and one on the list that is gone', () => {
  const packages = { 'node_modules/a/node_modules/@x/native': { hasInstallScript: true }, 'node_modules/a': {} }
  expect(unknownInstallScripts(packages, { '@x/native': 'only warns' })).toEqual([])
  expect(unknownInstallScripts(packages, {})).toEqual([expect.stringContaining('@x/native has an install script')])
  expect(unknownInstallScripts(packages, { '@x/native': 'only warns', a: 'was one' })).toEqual([expect.stringContaining('a has no')])
})

test('each requirement of a Go module has a checksum; nothing is replaced', () => {
  const goMod = 'module m\n\ngo 1.25.0\n\nrequire example.org/a v1.0.0\n\nrequire (\n\texample.org/b/v2 v2.1.0 // indirect\n)\n'
  const goSum = 'example.org/a v1.0.0 h1:x=\nexample.org/b/v2 v2.1.0/go.mod h1:y=\n'
  expect(looseInModule('m', goMod, goSum)).toEqual([])
  expect(looseInModule('m', goMod, goSum.replace('v2.1.0', 'v2.1.1'))).toEqual(['m/go.sum: expected a checksum of example.org/b/v2'])
  expect(looseInModule('m', goMod, goSum.replace('a v1.0.0', 'a v1.0.1'))).toEqual(['m/go.sum: expected a checksum of example.org/a'])
  expect(looseInModule('m', `${goMod}replace example.org/a => ../a\n`, goSum)).toEqual(['m/go.mod: expected no replacement'])
  expect(looseInModule('m', goMod.replace('go 1.25.0', ''), goSum)).toEqual(['m/go.mod: expected a version of Go'])
})

test('each package for Python has an exact version and a hash', () => {
  const text = `# made by a tool\nattrs==26.1.0 \\\n    --hash=sha256:${sha256} \\\n    --hash=sha256:${sha256}\n`
  expect(looseInRequirements('r.txt', text)).toEqual([])
  for (const line of [
    'attrs==26.1.0',
    `attrs>=26 --hash=sha256:${sha256}`,
    `attrs==26.* --hash=sha256:${sha256}`,
    `attrs==1.0 --hash=sha256:${sha256.slice(1)}`,
    `attrs==1.0 --hash=md5:${sha256}`,
  ])
    expect(looseInRequirements('r.txt', `${text}${line}\n`)).toEqual(['r.txt: expected an exact version and a SHA-256 of attrs'])
  expect(looseInRequirements('r.txt', '--index-url https://example.org\n')).toHaveLength(1)
})

test('.npmrc turns install scripts off and names no registry', () => {
  const text = 'ignore-scripts=true\nsave-exact=true\nomit-lockfile-registry-resolved=true\n'
  expect(looseInNpmrc(text)).toEqual([])
  expect(looseInNpmrc(text.replace('ignore-scripts=true', 'ignore-scripts=false'))).toEqual(['.npmrc: expected ignore-scripts=true'])
  expect(looseInNpmrc(text.replace('save-exact=true', '# save-exact=true'))).toEqual(['.npmrc: expected save-exact=true'])
  expect(looseInNpmrc(`${text}registry=https://example.org\n`)).toEqual(['.npmrc: expected no registry'])
})

test('a path of one machine is found', () => {
  expect(machinePaths('a.ts', 'const folder = "/srv/sources/hufu/x"', '/srv/sources/hufu')).toEqual([
    'a.ts:1: expected no path of one machine',
  ])
  expect(machinePaths('a.md', 'one\n/home/li/hufu\n/Users/Li', '/srv')).toHaveLength(2)
  expect(machinePaths('a.md', 'one\n/var/lib/hufu /homepage/x', '/srv')).toEqual([])
})
