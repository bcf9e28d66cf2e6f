import { NetworkError } from '@hufu/network'
import { afterEach, expect, test, vi } from 'vitest'
import { Output } from '../../output.ts'
import { type ChainsRun, runChainsPart } from './run-chains-part.ts'

afterEach(() => vi.restoreAllMocks())

const starts = [
  {
    kind: 'fabric',
    tookMs: 3,
    error: new NetworkError('ERR_NETWORK_BINARY', 'Hyperledger Fabric could not be built; the end of a log:\ngo: not found'),
  },
  { kind: 'evm', tookMs: 5, error: new Error('secret of some library') },
] as const

/** Runs it where no chain came up. @returns what it said; anything else that it touched would not be there */
async function said(json: boolean): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const output = new Output({ json, language: 'en' })
  await runChainsPart({ starts, step: () => undefined, context: { output } } as unknown as ChainsRun)
  return write.mock.calls.map(([text]) => text).join('')
}

test('chains that did not come up are named, with the reason, and nothing else is done', async () => {
  const text = await said(false)
  expect(text).toMatch(/✗ the hospital group's channel .*goes on without it: \[ERR_NETWORK_BINARY\] Hyperledger Fabric could not be built/)
  expect(text).toMatch(/✗ the EVM chain .*goes on without it: \[ERR_INTERNAL\]/)
  expect(text).not.toContain('secret')
})

test('the same for programs', async () => {
  expect(JSON.parse(await said(true))).toEqual({
    step: 'other-chains',
    chains: [
      { chain: 'fabric', error: { code: 'ERR_NETWORK_BINARY', message: expect.stringContaining('go: not found') } },
      { chain: 'evm', error: { code: 'ERR_INTERNAL', message: 'unexpected' } },
    ],
  })
})
