import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTreeLog } from './open-tree-log.ts'

test('what was logged is there after the next opening, the latest of each leaf', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hufu-tree-log-'))
  const file = join(folder, 'leaves.journal')
  const [leaf, other] = ['11'.repeat(32), '22'.repeat(32)]
  const first = await openTreeLog(file)
  await first.log.append({ action: 'suspend', reason: 'lost', atMs: 1, leaves: [1, 2].map(index => ({ index, leaf: leaf! })) })
  await first.log.append({ action: 'reinstate', reason: 'found', atMs: 2, leaves: [{ index: 2, leaf: other! }] })
  await expect(openTreeLog(file)).rejects.toMatchObject({ code: 'ERR_FILE_LOCKED' })
  await first.close()
  const second = await openTreeLog(file)
  expect(await second.log.latest(1)).toEqual({ action: 'suspend', leaf })
  expect(await second.log.latest(2)).toEqual({ action: 'reinstate', leaf: other })
  expect(await second.log.latest(3)).toBeUndefined()
  await second.close()
  await rm(folder, { recursive: true })
})
