import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hashFiles } from './hash-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hufu-hash-files-'))
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true })
  writeFileSync(join(folder, 'dist', 'index.html'), 'page')
  writeFileSync(join(folder, 'dist', 'assets', 'a.js'), 'script')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const hash = () => hashFiles(folder, ['dist/**/*']).hash

test('is another one for another content, name or number of files, and for what moved from one into the other', () => {
  const before = hash()
  expect(hash()).toBe(before)
  const seen = new Set([before])
  writeFileSync(join(folder, 'dist', 'index.html'), 'Page')
  seen.add(hash())
  writeFileSync(join(folder, 'dist', 'index.html'), 'pag')
  writeFileSync(join(folder, 'dist', 'assets', 'a.js'), 'escript')
  seen.add(hash())
  writeFileSync(join(folder, 'dist', 'b.js'), '')
  seen.add(hash())
  rmSync(join(folder, 'dist', 'b.js'))
  writeFileSync(join(folder, 'dist', 'c.js'), '')
  seen.add(hash())
  expect(seen.size).toBe(5)
})

test('leaves stamps out, and takes the files away when it is told to', () => {
  const before = hashFiles(folder, ['dist/**/*'])
  writeFileSync(join(folder, 'dist', '.built'), 'stamp')
  expect(hashFiles(folder, ['dist/**/*'], { remove: true })).toEqual(before)
  expect(before.count).toBe(2)
  expect(hashFiles(folder, ['dist/**/*']).count).toBe(0)
})
