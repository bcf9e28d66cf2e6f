import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FileOneUseStore } from './file-one-use-store.ts'

test('what another process takes out while the folder is read is not there, and no error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hufu-one-use-'))
  try {
    // A name that is in the folder, and leads nowhere when it is opened: as one that was taken out between the two.
    symlinkSync(join(folder, 'gone'), join(folder, 'taken.json'))
    const store = new FileOneUseStore(folder)
    expect(await store.list()).toEqual([])
    expect(await store.takeOut('taken')).toBe(true)
    expect(await store.takeOut('taken')).toBe(false)
    expect(await new FileOneUseStore(join(folder, 'none')).list()).toEqual([])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
