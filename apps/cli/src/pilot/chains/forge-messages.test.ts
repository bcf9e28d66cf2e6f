import { type ChainProof, NeoChain, verifyNeoProof } from '@hufu/chains'
import { trustAnchorOf } from '@hufu/ledger'
import { bytesToBase64, utf8ToBytes } from '@hufu/primitives'
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
} from '../../../../../packages/ledger/test/synthetic-chain.ts'
import { forgeMessages } from './forge-messages.ts'

const magic = 77
const validators = await validatorSet('first', 7)
const chain = await SyntheticChain.make(
  magic,
  Array.from({ length: 8 }, () => validators),
)
const network = descriptorOf(magic, validators, 'http://node')
const neo = new NeoChain({ network, fetch: fetchOf({ 'http://node': chain.answer }), clock: { nowMs: () => genesisMs + 7 * blockMs } })

async function proofAt(at: number): Promise<ChainProof> {
  const address = { contract: String(contract.id), path: [bytesToBase64(key)] }
  return neo.prove(await neo.read(address, { minAssurance: { kind: 'lightClient' }, at }))
}

test('what it is made of is true, what is made is not, but for what was true once', async () => {
  const [before, after] = [await proofAt(3), await proofAt(5)]
  const hashes = { before: utf8ToBytes('block 3'), after: utf8ToBytes('block 5') }
  const messages = forgeMessages({ before, after, hashes })
  const anchor = trustAnchorOf(network)
  const verdicts = await Promise.all(
    messages.map(async ({ name, proof }) => [
      name,
      await verifyNeoProof(proof, anchor).then(
        ({ height }) => height,
        (error: { code: string }) => error.code,
      ),
    ]),
  )
  expect(Object.fromEntries(verdicts)).toEqual({
    'altered-entry': 'ERR_CHAIN_PROOF',
    'altered-signature': 'ERR_CHAIN_PROOF',
    'older-state': 3,
  })
  for (const proof of [before, after]) await expect(verifyNeoProof(proof, anchor)).resolves.toBeDefined()
})

test('each alters one thing', async () => {
  const [before, after] = [await proofAt(3), await proofAt(5)]
  const hashes = { before: utf8ToBytes('block 3'), after: utf8ToBytes('block 5') }
  const [entry, signature] = forgeMessages({ before, after, hashes }).map(({ proof }) => proof.evidence as Record<string, unknown>)
  const { proof, headers, ...rest } = after.evidence as Record<string, unknown>
  expect(entry).toMatchObject({ ...rest, headers })
  expect(entry!.proof).not.toBe(proof)
  expect(signature).toMatchObject({ ...rest, proof })
  const [altered, true_] = [signature!.headers, headers].map(texts => Buffer.from((texts as string[])[0]!, 'base64'))
  expect([...altered!].filter((byte, index) => byte !== true_![index])).toHaveLength(1)
})

test('nothing is made of a proof that does not hold what is to be replaced', async () => {
  const [before, after] = [await proofAt(3), await proofAt(5)]
  expect(() => forgeMessages({ before, after, hashes: { before: utf8ToBytes('block 3'), after: utf8ToBytes('block 4') } })).toThrow(
    TypeError,
  )
})
