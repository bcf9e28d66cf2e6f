import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { asInteger, nativeContracts, parseNetworkDescriptor } from '@hufu/ledger'
import { expect, test } from 'vitest'
import { startTestNetwork } from './test-network.ts'

test.each([1, 4] as const)('gives %d validators with contracts and funded accounts, and leaves nothing behind', async validators => {
  const network = await startTestNetwork({ validators })
  const { descriptor, ledger, nodes } = network
  expect(parseNetworkDescriptor(JSON.stringify(descriptor))).toEqual(descriptor)
  expect(asInteger(await ledger.invokeRead({ contract: descriptor.contracts.status.hash, method: 'version', args: [] }))).toBeGreaterThan(
    0n,
  )
  const accounts = await network.fundedAccounts('alice', 'bob')
  for (const { scriptHash } of accounts) {
    const args = [{ type: 'Hash160', value: scriptHash }] as const
    expect(asInteger(await ledger.invokeRead({ contract: nativeContracts.gasToken, method: 'balanceOf', args }))).toBe(100_00000000n)
  }
  const pids = nodes.pids
  await network.stop()
  expect(pids.filter(pid => existsSync(`/proc/${pid}`))).toEqual([])
  expect(existsSync(dirname(nodes.files.folder))).toBe(false)
})

test('removes at the next start what a killed test run left', async () => {
  const script = `
    import { startTestNetwork } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))}
    await startTestNetwork({ validators: 1, contracts: false })
    process.kill(process.pid, 'SIGKILL')`
  const { pid, signal } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { stdio: 'ignore' })
  expect(signal).toBe('SIGKILL')
  const network = await startTestNetwork({ validators: 1, contracts: false })
  await network.stop()
  expect(readdirSync(tmpdir()).filter(entry => entry.startsWith(`hufu-test-network-${pid}-`))).toEqual([])
})
