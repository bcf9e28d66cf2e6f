import { randomBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import type { Scalar } from '../field/scalar-field.ts'
import { hasFusedMultiplyAdd } from '../wasm/has-fused-multiply-add.ts'
import { createPairingEngine } from '../wasm/pairing/pairing-engine.ts'
import { FastVerifier, type ProofClaim } from './fast-verifier.ts'
import { verifyGroth16Readable } from './verify-readable.ts'
import type { VerifyingKey } from './verifying-key.ts'

/** Verifies proofs. A key is prepared the first time it is seen, so keep the object: the next proof with it takes a tenth of the time. */
export interface ProofVerifier {
  /**
   * Returns if the proof holds for these public inputs.
   *
   * @param proof - 192 bytes
   * @throws ProofError `ERR_PROOF_INPUT`, `ERR_PROOF_SCALAR`: public inputs that this circuit cannot have
   * @throws ProofError `ERR_PROOF_ENCODING`, `ERR_PROOF_POINT`: a proof that is none
   * @throws ProofError `ERR_PROOF_INVALID`: a proof of something else
   */
  verify(key: VerifyingKey, proof: Uint8Array, publicInputs: readonly Scalar[]): void
  /**
   * Looks at many claims at once, of one key or several, and says of each what {@link verify} would throw, or null. Each is taken a random number of times, so
   * bad ones do not make up for each other but with a chance of 2⁻¹²⁸; which ones are bad is found by looking at halves.
   */
  verifyBatch(claims: readonly ProofClaim[]): readonly (ProofError | null)[]
}

export interface CreateVerifierOptions {
  /** Unpredictable bytes; the platform's by default. */
  readonly random?: (length: number) => Uint8Array
}

// All verifiers of this realm: its keys are prepared once.
let shared: Promise<FastVerifier> | undefined

/** Makes a verifier: in WebAssembly where the processor has what that needs, otherwise the readable one, which gives the same answers thirty times slower. */
export async function createVerifier({ random = randomBytes }: CreateVerifierOptions = {}): Promise<ProofVerifier> {
  if (!hasFusedMultiplyAdd()) return readableVerifier
  shared ??= createPairingEngine().then(engine => new FastVerifier(engine))
  const fast = await shared
  return {
    verify: (key, proof, publicInputs) => fast.verify({ key, proof, publicInputs }),
    verifyBatch: claims => fast.verifyBatch(claims, random),
  }
}

/** Without WebAssembly; what the fast one is compared with. */
export const readableVerifier: ProofVerifier = {
  verify: verifyGroth16Readable,
  verifyBatch: claims =>
    claims.map(({ key, proof, publicInputs }) => {
      try {
        verifyGroth16Readable(key, proof, publicInputs)
        return null
      } catch (error) {
        if (error instanceof ProofError) return error
        throw error
      }
    }),
}
