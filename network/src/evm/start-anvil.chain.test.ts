import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startAnvil } from './start-anvil.ts'

test('a chain answers with its own number, mines, and leaves nothing behind', async () => {
  const { url, keys, call, stop } = await startAnvil({ chainId: 4_711, hardfork: 'cancun' })
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(keys.length).toBe(12)
  expect(await call('eth_chainId')).toBe('0x1267')
  await call('anvil_mine', ['0x3'])
  expect(await call('eth_blockNumber')).toBe('0x3')
  await expect(call('anvil_nonsense')).rejects.toThrow('anvil_nonsense')
  await stop()
  await expect(call('eth_blockNumber')).rejects.toThrow()
  const running = readdirSync('/proc').filter(pid => /^\d+$/.test(pid) && commandOf(pid).includes('\x004711\0'))
  expect(running).toEqual([])
})

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
