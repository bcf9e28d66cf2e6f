import { errorCode } from '@hufu/primitives'
import type { CircuitName } from '../circuit/circuit-names.ts'
import type { ProofErrorCode } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { verifyGroth16Readable } from '../groth16/verify-readable.ts'
import type { VerifyingKey } from '../groth16/verifying-key.ts'

/** A proof and what it is to prove. */
export interface ProofToCheck {
  readonly circuit: CircuitName
  readonly proof: Uint8Array
  readonly publicInputs: readonly Scalar[]
}

/** Checks proofs, all of them: for each in its order undefined if it holds, or why not. Throws only if it could not find out. */
export type CheckProofs = (proofs: readonly ProofToCheck[]) => Promise<readonly (ProofErrorCode | undefined)[]>

/** A checker by the readable verifier: some 30 ms a proof. */
export function readableProofChecker(keys: Readonly<Record<CircuitName, VerifyingKey>>): CheckProofs {
  return async proofs =>
    proofs.map(({ circuit, proof, publicInputs }) => {
      try {
        verifyGroth16Readable(keys[circuit], proof, publicInputs)
        return undefined
      } catch (error) {
        const code = errorCode(error)
        if (code === undefined) throw error
        return code as ProofErrorCode
      }
    })
}
