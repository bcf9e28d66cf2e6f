import { describe, expect, test } from 'vitest'
// Plain JavaScript: setup runs it before anything is installed.
// @ts-expect-error it has no types
import { applyPatch, patchedFile } from './apply-patch.mjs'

const file = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', ''].join('\n')
const patch = [
  'What it is for.',
  '',
  '--- a/src/file.go',
  '+++ b/src/file.go',
  '@@ -2,3 +2,4 @@',
  ' two',
  '-three',
  '+3',
  '+3b',
  ' four',
  '',
].join('\n')

test('puts a diff on the file that it names', () => {
  expect(patchedFile(patch)).toBe('src/file.go')
  expect(applyPatch(file, patch)).toEqual({ file: 'src/file.go', text: file.replace('three', '3\n3b') })
})

test('puts several hunks on one file', () => {
  const longer = `${patch}@@ -6,2 +7,2 @@\n-six\n+6\n seven\n`
  expect(applyPatch(file, longer).text).toBe(file.replace('three', '3\n3b').replace('six', '6'))
})

describe('refuses', () => {
  test.each([
    ['a context that is another', file.replace('four', '4')],
    ['a line to remove that is another', file.replace('three', 'third')],
    ['a file that has moved on by a line', `zero\n${file}`],
    ['a file that has the patch already', file.replace('three', '3\n3b')],
  ])('%s', (_, text) => {
    expect(() => applyPatch(text, patch)).toThrow('does not fit')
  })

  test('a diff without a file, or with lines of no hunk', () => {
    expect(() => applyPatch(file, 'nothing')).toThrow('names no file')
    expect(() => applyPatch(file, `${patch}stray\n`)).toThrow('no hunk')
  })
})
