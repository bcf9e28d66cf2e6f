import type { CircuitName } from '../circuit/circuit-names.ts'
import type { ProofError, ProofErrorCode } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import type { ProofClaim } from '../groth16/fast-verifier.ts'
import type { VerifyingKey } from '../groth16/verifying-key.ts'

/** A proof and what it is to prove. */
export interface ProofToCheck {
  readonly circuit: CircuitName
  readonly proof: Uint8Array
  readonly publicInputs: readonly Scalar[]
}

/** Checks proofs, all of them: for each in its order undefined if it holds, or why not. Throws only if it could not find out. */
export type CheckProofs = (proofs: readonly ProofToCheck[]) => Promise<readonly (ProofErrorCode | undefined)[]>

/** Verifies many proofs at once, here (`ProofVerifier`) or in a process of its own. */
export interface BatchVerifier {
  verifyBatch(claims: readonly ProofClaim[]): readonly (ProofError | null)[] | Promise<readonly (ProofError | null)[]>
}

/**
 * Checks proofs by a verifier and the circuits' verifying keys.
 *
 * Calls that come before the last one has been looked at are looked at together, which takes less than half the time: verify presentations that
 * arrive at the same time with one checker.
 *
 * @param keys - checked by `checkKeyForNetwork`; keep the objects, for a key is prepared when it is first seen
 */
export function createProofChecker(verifier: BatchVerifier, keys: Readonly<Record<CircuitName, VerifyingKey>>): CheckProofs {
  let waiting: { readonly proofs: ProofToCheck[]; readonly outcomes: Promise<readonly (ProofErrorCode | undefined)[]> } | undefined

  function openBatch(): NonNullable<typeof waiting> {
    const proofs: ProofToCheck[] = []
    const outcomes = nextTurn().then(async () => {
      waiting = undefined
      const claims = proofs.map(({ circuit, proof, publicInputs }) => ({ key: keys[circuit], proof, publicInputs }))
      return (await verifier.verifyBatch(claims)).map(refusal => refusal?.code)
    })
    return { proofs, outcomes }
  }

  return async proofs => {
    waiting ??= openBatch()
    const { proofs: all, outcomes } = waiting
    const start = all.length
    all.push(...proofs)
    return (await outcomes).slice(start, start + proofs.length)
  }
}

/** After all that is ready to run now. */
function nextTurn(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, 0))
}
