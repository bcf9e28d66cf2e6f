import { expect, test } from 'vitest'
import { ProofError } from '../errors.ts'
import type { ProofClaim } from '../groth16/fast-verifier.ts'
import type { VerifyingKey } from '../groth16/verifying-key.ts'
import { createProofChecker } from './check-proofs.ts'

const keys = { prepare: { circuit: 'prepare' }, show: { circuit: 'show' }, pair: { circuit: 'pair' } } as Record<
  'prepare' | 'show' | 'pair',
  VerifyingKey
>
const proof = (input: bigint, circuit: 'prepare' | 'show' = 'show') => ({ circuit, proof: new Uint8Array(192), publicInputs: [input] })

/** Refuses odd inputs, and notes the size of each batch. */
function oddRefuser() {
  const sizes: number[] = []
  const verifyBatch = (claims: readonly ProofClaim[]) => {
    sizes.push(claims.length)
    return claims.map(({ key, publicInputs: [input] }) =>
      input! % 2n === 0n && key === keys.show ? null : new ProofError('ERR_PROOF_INVALID', 'odd'),
    )
  }
  return { sizes, check: createProofChecker({ verifyBatch }, keys) }
}

test('looks at what comes together in one batch, and tells each what is its own', async () => {
  const { sizes, check } = oddRefuser()
  const outcomes = await Promise.all([
    check([proof(0n), proof(1n)]),
    check([proof(3n)]),
    check([]),
    check([proof(2n, 'prepare'), proof(4n)]),
  ])
  expect(outcomes).toEqual([[undefined, 'ERR_PROOF_INVALID'], ['ERR_PROOF_INVALID'], [], ['ERR_PROOF_INVALID', undefined]])
  expect(sizes).toEqual([5])
})

test('looks at what comes later in a batch of its own', async () => {
  const { sizes, check } = oddRefuser()
  await check([proof(0n)])
  await check([proof(2n)])
  expect(sizes).toEqual([1, 1])
})

test('fails for all of a batch that could not be looked at, and works for the next', async () => {
  let isBroken = true
  const check = createProofChecker(
    {
      verifyBatch: claims => {
        if (isBroken) throw new Error('out of memory')
        return claims.map(() => null)
      },
    },
    keys,
  )
  const outcomes = await Promise.allSettled([check([proof(0n)]), check([proof(2n)])])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  isBroken = false
  expect(await check([proof(0n)])).toEqual([undefined])
})
