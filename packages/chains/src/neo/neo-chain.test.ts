import { trustAnchorOf } from '@hufu/ledger'
import { bytesToBase64, bytesToUtf8 } from '@hufu/primitives'
import { expect, test } from 'vitest'
import {
  blockMs,
  contract,
  descriptorOf,
  fetchOf,
  genesisMs,
  key,
  SyntheticChain,
  validatorSet,
} from '../../../ledger/test/synthetic-chain.ts'
import { NeoChain } from './neo-chain.ts'

const magic = 77
const validators = await validatorSet('first', 4)
const chain = await SyntheticChain.make(
  magic,
  Array.from({ length: 8 }, () => validators),
)
const network = descriptorOf(magic, validators, 'http://node')
const neo = new NeoChain({ network, fetch: fetchOf({ 'http://node': chain.answer }), clock: { nowMs: () => genesisMs + 7 * blockMs } })
const address = { contract: String(contract.id), path: [bytesToBase64(key)] }
const minAssurance = { kind: 'lightClient' } as const
const refusedWith = (code: string) => expect.objectContaining({ code })

test('an entry is read and proven to others', async () => {
  const view = await neo.read(address, { minAssurance, at: 3 })
  expect(view).toMatchObject({ network: 'neo3:77', address, height: 3, assurance: { kind: 'lightClient' } })
  expect(bytesToUtf8(view.value)).toBe('block 3')
  const proof = JSON.parse(JSON.stringify(await neo.prove(view)))
  await expect(neo.verify(proof, trustAnchorOf(network))).resolves.toEqual(view)
  await expect(neo.verify(proof, { ...trustAnchorOf(network), magic: 78 })).rejects.toThrow(refusedWith('ERR_CHAIN_NETWORK'))
  await expect(neo.verify({ ...proof, format: 'neo-bundle/2' }, trustAnchorOf(network))).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
  const others = { ...trustAnchorOf(network), nextConsensus: (await validatorSet('others', 4)).scriptHash }
  await expect(neo.verify(proof, others)).rejects.toThrow(refusedWith('ERR_CHAIN_PROOF'))
})

test('proves only what it gave itself', async () => {
  const view = await neo.read(address, { minAssurance })
  await expect(neo.prove({ ...view })).rejects.toThrow(refusedWith('ERR_CHAIN_UNSUPPORTED'))
})

test('a state that no node has yet is not there yet, the newest is', async () => {
  await expect(neo.read(address, { minAssurance, at: 6 })).rejects.toThrow(refusedWith('ERR_CHAIN_STALE'))
  await expect(neo.read(address, { minAssurance, at: 5 })).resolves.toMatchObject({ height: 5 })
})

test('a missing entry is absent; what it cannot do it says', async () => {
  await expect(neo.read({ ...address, path: [bytesToBase64(Uint8Array.of(9))] }, { minAssurance })).rejects.toThrow(
    refusedWith('ERR_CHAIN_ABSENT'),
  )
  await expect(neo.invoke()).rejects.toThrow(refusedWith('ERR_CHAIN_UNSUPPORTED'))
  expect(neo.capabilities()).toMatchObject({ read: 'lightClient', invoke: false })
})
