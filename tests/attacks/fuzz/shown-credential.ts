import { readFileSync } from 'node:fs'
import { developmentVerifyingKeyFile } from '@hufu/circuits'
import {
  type CheckProofs,
  type CircuitName,
  circuitNames,
  createProofChecker,
  createVerifier,
  MemoryReplayStore,
  type PresentationPolicy,
  parseVerifyingKey,
  type ReplayStore,
  readAttributeLayout,
  type Statement,
  type VerifyingKey,
} from '@hufu/proofs'
import { presentOnce } from '../../proofs/present-once.ts'

const verifier = 'did:neo:test:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'
const issuer = 'did:neo:test:NXV7ZhHiyM1aHXwpVsRZC6BwNFP2jghXAq'
const nowMs = 1_795_406_400_000
const today = '2026-11-23'
const layout = readAttributeLayout({
  type: 'object',
  properties: {
    name: { title: 'x', type: 'string', 'x-slot': 0, 'x-encoding': 'text' },
    birth_date: { title: 'x', type: 'string', format: 'date', 'x-slot': 1, 'x-encoding': 'days' },
    city_code: { title: 'x', type: 'string', 'x-slot': 2, 'x-encoding': 'number' },
  },
})
const statement: Statement = {
  credentialType: 'urn:hufu:resident',
  where: [
    { claim: 'birth_date', ageAtLeast: 18 },
    { claim: 'name', disclose: true },
  ],
  pseudonym: { purpose: 'open-account' },
  maxRootAgeSeconds: 600,
}

/** The verifying keys of the development keys. */
function developmentVerifyingKeys(): Readonly<Record<CircuitName, VerifyingKey>> {
  const keyOf = (name: CircuitName) => parseVerifyingKey(new Uint8Array(readFileSync(developmentVerifyingKeyFile(name))))
  return Object.fromEntries(circuitNames.map(name => [name, keyOf(name)])) as Record<CircuitName, VerifyingKey>
}

/** A verifier that finds each presentation to be the first. */
export const forgetful: ReplayStore = { recordOnce: async () => undefined }

/** A presentation with real proofs, and the verifier that it was made for. */
export async function showCredential(): Promise<{
  readonly text: string
  readonly keys: Readonly<Record<CircuitName, VerifyingKey>>
  policyOf(changes?: Partial<PresentationPolicy>): PresentationPolicy
}> {
  const challenge = { verifier, nonce: 'a-nonce-of-the-verifier' }
  const claims = { name: '示例', birth_date: '1990-02-28', city_code: '990100' }
  const { text, published } = await presentOnce({ statement, layout, issuer, claims, challenge, today })
  const keys = developmentVerifyingKeys()
  const checkProofs: CheckProofs = createProofChecker(await createVerifier(), keys)
  const policyOf = (changes: Partial<PresentationPolicy> = {}): PresentationPolicy => ({
    challenge,
    ask: { statement, layout },
    findRoots: async asked =>
      JSON.stringify(asked) === JSON.stringify(published.list) ? { roots: published.roots, takenAtMs: nowMs, evidence: {} } : null,
    checkProofs,
    replay: new MemoryReplayStore(() => nowMs),
    clock: { nowMs: () => nowMs },
    ...changes,
  })
  return { text, keys, policyOf }
}
