import { expect, test } from 'vitest'
import { type LockedPackages, shippedPackages } from './shipped-packages.ts'

const packages: LockedPackages = {
  'apps/server': { dependencies: { '@hufu/keys': '0.1.0', web: '1.0.0' } },
  'packages/keys': { dependencies: { curves: '1.0.0' } },
  'node_modules/@hufu/keys': { link: true, resolved: 'packages/keys' },
  'node_modules/web': { version: '1.0.0', license: 'MIT', dependencies: { curves: '^2.0.0' }, peerDependencies: { absent: '*' } },
  'node_modules/web/node_modules/curves': { version: '2.0.0', license: 'ISC' },
  'node_modules/curves': { version: '1.0.0', license: 'MIT', optionalDependencies: { fast: '1.0.0' } },
  'node_modules/fast': { version: '1.0.0', license: 'GPL-3.0' },
  'node_modules/tests-only': { version: '1.0.0', license: 'GPL-3.0' },
}

test('what a program needs, through our own packages, each in the version that Node would load; not what it does not need', () => {
  const shipped = shippedPackages(packages, ['apps/server'])
  expect(shipped.map(({ name, version, license }) => `${name} ${version} ${license}`)).toEqual([
    'curves 1.0.0 MIT',
    'fast 1.0.0 GPL-3.0',
    'web 1.0.0 MIT',
    'curves 2.0.0 ISC',
  ])
})

test('a dependency that the lockfile lacks is an error, not a gap', () => {
  const { 'node_modules/curves': _, ...rest } = packages
  expect(() => shippedPackages(rest, ['apps/server'])).toThrow('expected curves of packages/keys in package-lock.json')
  expect(() => shippedPackages(packages, ['apps/other'])).toThrow('expected apps/other in package-lock.json')
})
