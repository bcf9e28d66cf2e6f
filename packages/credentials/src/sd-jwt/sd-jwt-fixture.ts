import { importSigner, type KeyAlgorithm, type Signer } from '@hufu/keys'
import { CredentialError, type CredentialErrorCode } from '../errors.ts'
import type { RuleId } from '../rules.ts'
import type { IssueSdJwtVcOptions } from './issue-sd-jwt-vc.ts'
import { issueSdJwtVc } from './issue-sd-jwt-vc.ts'
import { presentSdJwt } from './present-sd-jwt.ts'
import type { VerifySdJwtVcOptions } from './verify-sd-jwt-vc.ts'

/** 2026-11-23T04:00:00Z, when every test takes place. */
export const nowMs = 1_795_406_400_000
export const issuer = 'did:neo:pilot:NXV7ZhHiyM1aHXwpVsRZC6BwNFP2jghXAq'
export const kid = `${issuer}#key-1`
export const credentialType = 'https://hufu.example/types/resident/1'
export const audience = 'did:neo:pilot:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'
export const nonce = 'n-0S6_WzA2Mj'

export const claims = {
  name: '张伟',
  birthDate: '1990-02-28',
  address: { city: '示例市', street: '示范路 1 号' },
  nationalities: ['CN', 'XX'],
}

/** The same key each time: `seed` fills its 32 bytes. */
export function signerOf(algorithm: KeyAlgorithm, seed: number): Promise<Signer> {
  return importSigner(algorithm, new Uint8Array(32).fill(seed))
}

export const issuerSigner = await signerOf('P-256', 1)
export const holderSigner = await signerOf('P-256', 2)
export const strangerSigner = await signerOf('P-256', 3)

/** A credential of a minute ago, valid for a day, bound to the holder. */
export function issue(overrides: Partial<IssueSdJwtVcOptions> = {}): Promise<string> {
  return issueSdJwtVc({
    signer: issuerSigner,
    kid,
    issuer,
    credentialType,
    claims,
    holderKey: holderSigner.publicKey,
    issuedAtMs: nowMs - 60_000,
    expiresAtMs: nowMs + 86_400_000,
    ...overrides,
  })
}

/** Shows name and address to the verifier, now. */
export async function present(
  credential: string,
  overrides: Partial<Parameters<typeof presentSdJwt>[1]['keyBinding'] & object> = {},
): Promise<string> {
  return presentSdJwt(credential, {
    disclose: [['name'], ['address']],
    keyBinding: { signer: holderSigner, audience, nonce, issuedAtMs: nowMs, ...overrides },
  })
}

/** A verifier to which every lookup answers yes. */
export function verifier(overrides: Partial<VerifySdJwtVcOptions> = {}): VerifySdJwtVcOptions {
  return {
    credentialTypes: [credentialType],
    keyBinding: { audience, nonce, maxAgeMs: 300_000 },
    status: 'unchecked',
    clock: { nowMs: () => nowMs },
    resolveIssuerKey: async () => ({ controller: issuer, publicKey: issuerSigner.publicKey, evidence: { blockIndex: 7 } }),
    mayIssue: async () => ({ allowed: true, evidence: { blockIndex: 8 } }),
    ...overrides,
  }
}

/** Fails the test unless the work is refused with this code; with `rule`, unless the receipt ends with that rule, failed, after rules that passed. */
export async function expectRefusal(
  work: Promise<unknown> | (() => unknown),
  code: CredentialErrorCode,
  rule?: RuleId,
): Promise<CredentialError> {
  const error = await (typeof work === 'function' ? (async () => work())() : work).then(
    () => 'nothing was thrown',
    (reason: unknown) => reason,
  )
  if (!(error instanceof CredentialError) || error.code !== code) throw new Error(`expected ${code}`, { cause: error })
  const results = error.receipt?.rules ?? []
  const last = results.at(-1)
  const isAsExpected = last?.rule === rule && last?.passed === false && results.filter(({ passed }) => !passed).length === 1
  if (rule !== undefined && !(isAsExpected && error.receipt?.verdict === 'refused'))
    throw new Error(`expected the rule ${rule} to fail`, { cause: error })
  return error
}
