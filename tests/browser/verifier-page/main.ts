import { createVerifier, ProofError, parseVerifyingKey, type VerifyingKey } from '@hufu/proofs'

/** A claim as it travels to the page: bytes as numbers, integers as text. */
export interface SentClaim {
  /** Place of its key among the keys. */
  readonly key: number
  readonly proof: readonly number[]
  readonly publicInputs: readonly string[]
}

/** What a test asks of the page. */
export interface VerifierPage {
  /** @param keys - files of verifying keys. @returns of each claim the code of the error, or null if it is accepted */
  verify(keys: readonly (readonly number[])[], claims: readonly SentClaim[]): Promise<readonly (string | null)[]>
  /** The same, all at once. */
  verifyBatch(keys: readonly (readonly number[])[], claims: readonly SentClaim[]): Promise<readonly (string | null)[]>
}

declare global {
  interface Window {
    verifierPage: VerifierPage
  }
}

window.verifierPage = {
  async verify(keys, claims) {
    const verifier = await createVerifier()
    return received(keys, claims).map(({ key, proof, publicInputs }) => {
      try {
        verifier.verify(key, proof, publicInputs)
        return null
      } catch (error) {
        if (error instanceof ProofError) return error.code
        throw error
      }
    })
  },
  async verifyBatch(keys, claims) {
    const answers = (await createVerifier()).verifyBatch(received(keys, claims))
    return answers.map(answer => answer?.code ?? null)
  },
}

function received(files: readonly (readonly number[])[], claims: readonly SentClaim[]) {
  const keys: readonly VerifyingKey[] = files.map(file => parseVerifyingKey(Uint8Array.from(file)))
  return claims.map(({ key, proof, publicInputs }) => ({
    key: keys[key]!,
    proof: Uint8Array.from(proof),
    publicInputs: publicInputs.map(BigInt),
  }))
}
