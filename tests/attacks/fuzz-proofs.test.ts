import { base64urlToBytes, bytesToBase64url, canonicalJson } from '@hufu/primitives'
import { type CircuitName, type ProofToCheck, verifyPresentation } from '@hufu/proofs'
import { afterAll, expect, test } from 'vitest'
import { fuzzRun } from './fuzz/fuzz-run.ts'
import { malleated } from './fuzz/proof-claims.ts'
import { presentationTarget, proofTarget } from './fuzz/proof-targets.ts'
import { runTarget } from './fuzz/run-target.ts'
import { showCredential } from './fuzz/shown-credential.ts'

const shown = await showCredential()
const targets = [await proofTarget(), presentationTarget(shown)]
const run = fuzzRun(targets, { file: 'fuzz-proofs.test', few: 800, many: 80_000 })

afterAll(async () => {
  for (const target of targets) await target.close?.()
})

test.each(targets)('$name: no verifier accepts one that is damaged, and all say the same', { timeout: run.timeoutMs }, target =>
  runTarget(target, run.optionsOf(target)),
)

// Whoever sees a proof can write it anew. It is valid, as it must be, and buys nothing: what counts once is in the public inputs, not in the bytes of the proof.
test('a proof written anew by somebody else is valid, names the same holder to the same verifier, and counts with the first as one', async () => {
  const anew = await writtenAnew()
  expect(anew).not.toBe(shown.text)
  const first = await verifyPresentation(shown.text, shown.policyOf())
  const second = await verifyPresentation(anew, shown.policyOf())
  expect({ ...second, receipt: undefined }).toEqual({ ...first, receipt: undefined })

  const policy = shown.policyOf()
  await verifyPresentation(shown.text, policy)
  await expect(verifyPresentation(anew, policy)).rejects.toMatchObject({ code: 'ERR_PROOF_NONCE' })
  // Nor does the first one count after it: whoever is faster has shown the same, for the same nonce.
  const other = shown.policyOf()
  await verifyPresentation(anew, other)
  await expect(verifyPresentation(shown.text, other)).rejects.toMatchObject({ code: 'ERR_PROOF_NONCE' })
})

test('and it is no proof for another verifier, nonce, transaction or name', async () => {
  const anew = JSON.parse(await writtenAnew()) as { readonly credentials: readonly Readonly<Record<string, string>>[] }
  const [credential = {}] = anew.credentials
  const policy = shown.policyOf()
  const { challenge } = policy
  const elsewhere = { ...challenge, verifier: 'did:neo:test:NXV7ZhHiyM1aHXwpVsRZC6BwNFP2jghXAq' }
  const attempts: readonly (readonly [presentation: object, asked: typeof challenge, code: string])[] = [
    [anew, elsewhere, 'ERR_PROOF_VERIFIER'],
    [{ ...anew, verifier: elsewhere.verifier }, elsewhere, 'ERR_PROOF_SCOPE'],
    [anew, { ...challenge, nonce: 'another-nonce' }, 'ERR_PROOF_NONCE'],
    [{ ...anew, nonce: 'another-nonce' }, { ...challenge, nonce: 'another-nonce' }, 'ERR_PROOF_INVALID'],
    [{ ...anew, transaction: 't' }, { ...challenge, transaction: 't' }, 'ERR_PROOF_INVALID'],
    [{ ...anew, credentials: [{ ...credential, nullifier: credential.commitment }] }, challenge, 'ERR_PROOF_INVALID'],
  ]
  for (const [presentation, asked, code] of attempts)
    await expect(verifyPresentation(canonicalJson(presentation as never), { ...policy, challenge: asked })).rejects.toMatchObject({ code })
})

/** The presentation with both its proofs made other proofs of the same. */
async function writtenAnew(): Promise<string> {
  const checked: ProofToCheck[] = []
  const checkProofs = async (proofs: readonly ProofToCheck[]) => {
    checked.push(...proofs)
    return proofs.map(() => undefined)
  }
  await verifyPresentation(shown.text, shown.policyOf({ checkProofs }))
  const written = Object.fromEntries(
    checked.map(({ circuit, proof, publicInputs }) => {
      const claim = { circuit, proof, publicInputs, key: shown.keys[circuit] }
      return [circuit, bytesToBase64url(malleated(claim, 7n, 11n).proof)]
    }),
  ) as Record<CircuitName, string>
  const json = JSON.parse(shown.text) as { readonly credentials: readonly Readonly<Record<string, string>>[] }
  const [credential = {}] = json.credentials
  expect(base64urlToBytes(credential.show!)).toHaveLength(192)
  return canonicalJson({ ...json, credentials: [{ ...credential, prepare: written.prepare, show: written.show }] } as never)
}
