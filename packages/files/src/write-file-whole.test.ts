import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { writeFileWhole } from './write-file-whole.ts'

test('of many at once each is written whole, one is last, and nothing is left beside it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-whole-'))
  try {
    const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(10_000 + index))
    await Promise.all(contents.map(content => writeFileWhole(join(folder, 'file'), content)))
    expect(contents).toContain(readFileSync(join(folder, 'file'), 'utf8'))
    expect(readdirSync(folder)).toEqual(['file'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
