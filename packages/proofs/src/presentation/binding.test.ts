import { createHash } from 'node:crypto'
import { parseScriptHash } from '@hufu/ledger'
import { hexToBytes } from '@hufu/primitives'
import { describe, expect, test } from 'vitest'
import { dayNumber } from '../attributes/day-number.ts'
import { scalarFromBytes, scalarToBytes } from '../field/scalar-field.ts'
import { ledgerContext, ledgerScope, presentationContext, presentationScope } from './binding.ts'
import { nullifierOf } from './circuit-values.ts'
import { adultInCity, checkFakeProofs, compiled, fakeProver, newSecret, statementOf, today, World } from './presentation-fixture.ts'
import { rootSetOf } from './root-list.ts'
import { presentToLedger, spendTerms } from './spend-request.ts'

/** The first 31 bytes of SHA-256, as the ledger and files have a scalar. */
function hashed(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return `${hash.digest('hex').slice(0, 62)}00`
}

const hex = (scalar: bigint) => Buffer.from(scalarToBytes(scalar)).toString('hex')
const verifier = 'did:neo:pilot:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'

describe('scope', () => {
  test('is the hash of verifier, purpose and event', () => {
    const of = (event?: number | 'today') =>
      hex(
        presentationScope(
          compiled(statementOf([], { pseudonym: { purpose: 'ride', ...(event === undefined ? {} : { event }) } })),
          verifier,
          5n,
        ),
      )
    expect(of()).toBe(hashed(`["hufu:scope","${verifier}","ride",null]`))
    expect(of(7)).toBe(hashed(`["hufu:scope","${verifier}","ride",7]`))
    expect(of('today')).toBe(hashed(`["hufu:scope","${verifier}","ride",${dayNumber(today)}]`))
  })

  test('without a pseudonym is that of the commitment alone', () => {
    const commitment = `BQ${'A'.repeat(41)}`
    expect(hex(presentationScope(compiled(statementOf([])), verifier, 5n))).toBe(
      hashed(`["hufu:scope:once","${verifier}","${commitment}"]`),
    )
  })
})

test('context is the hash of verifier, nonce, transaction and key', () => {
  expect(hex(presentationContext({ verifier, nonce: 'n' }))).toBe(hashed(`["hufu:context","${verifier}","n",null,null]`))
  expect(hex(presentationContext({ verifier, nonce: 'n', transaction: 't' }))).toBe(hashed(`["hufu:context","${verifier}","n","t",null]`))
  const key = new Uint8Array(33).fill(2)
  expect(hex(presentationContext({ verifier, nonce: 'n' }, key))).toBe(
    hashed(`["hufu:context","${verifier}","",null,"${'AgIC'.repeat(11)}"]`),
  )
})

describe('on the ledger', () => {
  const accounts = [
    parseScriptHash('0102030405060708090a0b0c0d0e0f1011121314'),
    parseScriptHash('ff02030405060708090a0b0c0d0e0f1011121314'),
  ] as const
  const [account, contract] = accounts
  const asTheyTravel = accounts.map(hash => hexToBytes(hash).reverse()) as [Uint8Array, Uint8Array]
  const nonce = new Uint8Array(32).fill(9)
  const challenge = { networkMagic: 0x0102_0304, contract, verifier: account, nonce }

  test('scope and context are hashes of bytes', () => {
    const purpose = createHash('sha256').update('ride').digest()
    expect(hex(ledgerScope(account, 'ride', 258))).toBe(hashed('hufu:scope:ledger', asTheyTravel[0], purpose, Uint8Array.of(0, 0, 1, 2)))
    expect(hex(ledgerContext(challenge))).toBe(
      hashed('hufu:context:ledger', Uint8Array.of(4, 3, 2, 1), asTheyTravel[1], asTheyTravel[0], nonce),
    )
    expect(() => ledgerContext({ ...challenge, nonce: new Uint8Array(31) })).toThrow(TypeError)
  })

  test('a credential is spent with proofs of what the contract puts together', async () => {
    const world = new World()
    const secret = newSecret()
    const holder = world.issue(secret, { birth_date: '1990-02-28', city_code: '990100' })
    const statement = compiled(statementOf(adultInCity, { pseudonym: { purpose: 'ride', event: 'today' } }))
    const prepared = await world.prepare(holder, statement)
    const spend = await presentToLedger({ prover: fakeProver, secret, credential: holder.credential, prepared, statement, challenge })
    const { purpose, event, predicates } = spendTerms(statement)
    expect([spend.purpose, spend.event, spend.predicates]).toEqual([purpose, event, predicates])
    expect([predicates.length, spend.proofs.length]).toEqual([48 * 32, 2 * 192])
    expect(scalarFromBytes(spend.nullifier)).toBe(nullifierOf(secret, ledgerScope(account, 'ride', dayNumber(today))))

    const scalars = (bytes: Uint8Array) =>
      Array.from({ length: bytes.length / 32 }, (_, index) => scalarFromBytes(bytes.subarray(32 * index, 32 * index + 32)))
    const commitment = scalarFromBytes(spend.commitment)
    const [meta] = scalars(spend.meta)
    const [nullifier] = scalars(spend.nullifier)
    const bound = [ledgerScope(account, purpose, event), nullifier!, ledgerContext(challenge)]
    const outcomes = await checkFakeProofs([
      { circuit: 'prepare', proof: spend.proofs.subarray(0, 192), publicInputs: [rootSetOf(world.published.roots), commitment] },
      {
        circuit: 'show',
        proof: spend.proofs.subarray(192),
        publicInputs: [commitment, meta!, BigInt(spend.today), ...bound, ...scalars(predicates)],
      },
    ])
    expect(outcomes).toEqual([undefined, undefined])
  })

  test('nothing is spent that discloses something, or that has no event', () => {
    const pseudonym = { purpose: 'ride', event: 1 }
    for (const statement of [
      statementOf([{ claim: 'city_code', disclose: true }], { pseudonym }),
      statementOf([]),
      statementOf([], { pseudonym: { purpose: 'ride' } }),
    ])
      expect(() => spendTerms(compiled(statement))).toThrow(expect.objectContaining({ code: 'ERR_PROOF_STATEMENT' }))
  })
})
