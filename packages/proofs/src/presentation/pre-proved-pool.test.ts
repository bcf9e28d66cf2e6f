import { generateSigner } from '@hufu/keys'
import { expect, test } from 'vitest'
import { type PreProvedItem, PreProvedPool } from './pre-proved-pool.ts'
import { MemoryOneUseStore } from './prepared-pool.ts'
import { preProveCredential } from './present-credential.ts'
import { compiled, fakeProver, height, newSecret, policyOf, statementOf, today, verifier, World } from './presentation-fixture.ts'
import { verifyPresentation } from './verify-presentation.ts'

const world = new World()
const secret = newSecret()
const { credential } = world.issue(secret, { birth_date: '1990-02-28', city_code: '990100' })
const statement = statementOf()
const asked = compiled(statement)

async function madeAhead(): Promise<PreProvedItem> {
  const signer = await generateSigner('P-256')
  const show = { credential, prepared: await world.prepare({ secret, credential }, asked), statement: asked }
  const item = await preProveCredential({ prover: fakeProver, secret, challenge: { verifier }, show, oneTimeKey: signer.publicKey })
  return { ...item, signer }
}

async function poolOf(count: number) {
  const store = new MemoryOneUseStore<PreProvedItem>()
  const pool = new PreProvedPool(store)
  for (let index = 0; index < count; index++) await pool.add(await madeAhead())
  return { store, pool }
}

test('answers each nonce with another item, and then with none', async () => {
  const { pool } = await poolOf(2)
  const answers = await Promise.all(['n1', 'n2', 'n3'].map(nonce => pool.answer(verifier, nonce, asked, height)))
  expect(answers.filter(answer => answer === undefined)).toHaveLength(1)
  const keys = new Set<string>()
  for (const [index, answer] of answers.entries()) {
    if (answer === undefined) continue
    const nonce = `n${index + 1}`
    await verifyPresentation(answer, policyOf(world, nonce, statement, { acceptPreProved: true }))
    keys.add(JSON.parse(answer).oneTimeKey.publicKey)
  }
  expect(keys.size).toBe(2)
})

test('answers for the verifier, statement, day and epoch only', async () => {
  const { pool } = await poolOf(1)
  expect(await pool.answer('did:neo:pilot:another', 'n', asked, height)).toBeUndefined()
  expect(await pool.answer(verifier, 'n', compiled(statementOf([])), height)).toBeUndefined()
  expect(await pool.answer(verifier, 'n', compiled(statement, '2026-11-24'), height)).toBeUndefined()
  expect(await pool.answer(verifier, 'n', asked, height + 1)).toBeUndefined()
  expect(await pool.answer(verifier, 'n', asked, height)).toBeDefined()
})

test('does not sign if the item cannot be taken out for good', async () => {
  const item = await madeAhead()
  let signed = 0
  const sign = async (message: Uint8Array) => {
    signed++
    return item.signer.sign(message)
  }
  const signer = { ...item.signer, sign }
  const pool = new PreProvedPool({
    list: async () => [{ ...item, signer }],
    add: async () => {},
    takeOut: async () => {
      throw new Error('disk full')
    },
  })
  await expect(pool.answer(verifier, 'n', asked, height)).rejects.toThrow('disk full')
  expect(signed).toBe(0)
})

test('drops what is of another day or too old', async () => {
  const { store, pool } = await poolOf(1)
  await pool.dropStale(today, height)
  expect(await store.list()).toHaveLength(1)
  await pool.dropStale(today, height + 1)
  expect(await store.list()).toHaveLength(0)
  await pool.add(await madeAhead())
  await pool.dropStale('2026-11-24', height)
  expect(await store.list()).toHaveLength(0)
})
