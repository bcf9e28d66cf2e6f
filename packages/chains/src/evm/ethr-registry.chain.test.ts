import { DidResolver, didEthrDriver } from '@hufu/did'
import { startAnvil } from '@hufu/testkit'
import { type Abi, encodeFunctionData, type Hex, stringToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TrialContract, trialContract } from '../../test/evm-trial.ts'
import { ethrRegistry } from './ethr-registry.ts'
import { ethrDidRegistry } from './generated/ethr-did-registry.ts'

let anvil: Awaited<ReturnType<typeof startAnvil>>
let contract: TrialContract

beforeAll(async () => {
  anvil = await startAnvil()
  contract = await trialContract(anvil, ethrDidRegistry, [])
})
afterAll(() => anvil?.stop())

const addressOf = (index: number): Hex => privateKeyToAccount(anvil.keys[index]!).address
const name = (text: string): Hex => stringToHex(text, { size: 32 })
/** The first account owns its identity and changes it. */
const didOf = (index = 0) => `did:ethr:anvil:${addressOf(index).toLowerCase()}`

function resolverOf(
  options: { readonly urls?: readonly string[]; readonly agreeing?: number; readonly registry?: Hex; readonly chainId?: number } = {},
) {
  const { urls = [anvil.url], agreeing = urls.length, registry = contract.address, chainId = anvil.chainId } = options
  const nodes = urls.map(url => ({ url, timeoutMs: 3000 }))
  return new DidResolver({
    drivers: [didEthrDriver({ anvil: ethrRegistry({ chainId, registry, nodes, agreeing, confirmations: 0 }) })],
    maxAgeMs: 0,
  })
}

/** Mines them in one block. Gas is given: anvil would reckon it as if they were in the block before, where the last change may stand already. */
async function record(...calls: readonly (readonly [functionName: string, ...args: readonly unknown[]])[]): Promise<void> {
  await anvil.call('evm_setAutomine', [false])
  try {
    for (const [functionName, ...args] of calls) {
      const data = encodeFunctionData({ abi: ethrDidRegistry.abi as Abi, functionName, args })
      await anvil.call('eth_sendTransaction', [{ from: addressOf(0), to: contract.address, data, gas: '0x30000' }])
    }
    await anvil.call('evm_mine')
  } finally {
    await anvil.call('evm_setAutomine', [true])
  }
}

describe('did:ethr on a chain', () => {
  test('an account that never wrote anything signs for itself', async () => {
    const { document, assurance, source } = await resolverOf().resolve(didOf(5))
    expect(document).toMatchObject({ verificationMethod: [{ blockchainAccountId: `eip155:31337:${addressOf(5)}` }] })
    expect([assurance, source]).toMatchObject([{ kind: 'gatewaySigned' }, { network: 'eip155:31337', driver: 'ethr/1' }])
  })

  test('what was recorded is in the document, several changes in a block included, until it is taken back', async () => {
    const [identity, resolver] = [addressOf(0), resolverOf()]
    // RFC 8032 §7.1, test 1.
    const ed25519 = '0xd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'
    await record(['addDelegate', identity, name('veriKey'), addressOf(3), 86_400n])
    await record(
      ['setAttribute', identity, name('did/pub/Ed25519/sigAuth/hex'), ed25519, 86_400n],
      ['setAttribute', identity, name('did/svc/Hub'), stringToHex('https://hub.example/'), 86_400n],
    )
    const did = didOf()
    const { document, metadata } = await resolver.resolve(did)
    const height = Number(await anvil.call('eth_blockNumber'))
    expect(document).toMatchObject({
      authentication: [`${did}#controller`, expect.stringMatching(/#delegate-2$/)],
      assertionMethod: [`${did}#controller`, `${did}#delegate-1`, `${did}#delegate-2`],
      service: [{ type: 'Hub', serviceEndpoint: 'https://hub.example/' }],
    })
    expect(metadata.versionId).toBe(String(height))
    await record(['revokeDelegate', identity, name('veriKey'), addressOf(3)])
    await record(['revokeAttribute', identity, name('did/svc/Hub'), stringToHex('https://hub.example/')])
    const after = (await resolver.resolve(did)).document!
    expect(after.assertionMethod).toEqual([`${did}#controller`, `${did}#delegate-2`])
    expect(after).not.toHaveProperty('service')
    await anvil.call('evm_increaseTime', [86_400])
    await anvil.call('evm_mine')
    expect((await resolver.resolve(did)).document!.assertionMethod).toEqual([`${did}#controller`])
  })

  test('nodes that agree count; one that is another chain, or gone, does not', async () => {
    const other = await startAnvil()
    try {
      // The same chain number and the same account; but nothing was recorded there.
      const urls = [anvil.url, anvil.url, other.url]
      const { assurance, document } = await resolverOf({ urls, agreeing: 2 }).resolve(didOf())
      expect([assurance, document!.id]).toEqual([{ kind: 'attested', k: 2, n: 3 }, didOf()])
      await expect(resolverOf({ urls: [anvil.url, other.url] }).resolve(didOf())).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_DID_(ANSWER|UNREACHABLE)$/),
      })
      const alive = await resolverOf({ urls: [anvil.url, anvil.url, 'http://127.0.0.1:1'], agreeing: 2 }).resolve(didOf())
      expect(alive.assurance).toEqual({ kind: 'attested', k: 2, n: 3 })
    } finally {
      await other.stop()
    }
  })

  test('refuses another chain’s number, an address without registry, and nodes that do not answer', async () => {
    for (const options of [{ chainId: 1 }, { registry: addressOf(7) }, { urls: ['http://127.0.0.1:1'] }])
      await expect(resolverOf(options).resolve(didOf())).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_DID_(ANSWER|UNREACHABLE)$/),
      })
  })

  test('an identity that changed hands names its owner; one given to nobody is deactivated', async () => {
    const [did, resolver] = [didOf(), resolverOf()]
    await record(['changeOwner', addressOf(0), `0x${'00'.repeat(20)}`])
    const { document, metadata } = await resolver.resolve(did)
    expect([document, metadata.deactivated]).toEqual([null, true])
    // The contract would go on; the DID does not.
    await record(['changeOwner', addressOf(0), addressOf(4)])
    expect((await resolver.resolve(did)).document).toBeNull()
  })
})
