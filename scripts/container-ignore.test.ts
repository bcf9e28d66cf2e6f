import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './supply/shipped.ts'

const ignored = readFileSync(join(root, '.dockerignore'), 'utf8')
  .split('\n')
  .filter(line => line !== '' && !line.startsWith('#'))
const isLeftOut = (path: string) => ignored.some(pattern => matchesGlob(path, pattern) || matchesGlob(path, `${pattern}/**`))

test('an image has neither the history, nor what was installed, built or made here, nor keys', () => {
  const paths = ['.git/config', 'node_modules/pino/package.json', 'apps/cli/node_modules/x/index.js', '.hufu/pilot/keys.json']
  const made = [
    'network/bin/neo-go',
    'packages/proofs/native/bin/verifier',
    'packages/service/native/pkcs11/bin/token',
    'apps/wallet/dist/index.html',
  ]
  const others = ['circuits/development-keys/show.key', 'apps/institution/.env', '.env', 'a/b.log', 'coverage/x']
  expect([...paths, ...made, ...others].filter(path => !isLeftOut(path))).toEqual([])
})

test('nothing that is checked in is missing from it', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }).split('\0')
  expect(files.filter(file => file !== '' && isLeftOut(file))).toEqual([])
})
