import { CredentialError, type JsonObject, readUnverifiedTerms, type VerifiedSdJwtVc, verifySdJwtVc } from '@hufu/credentials'
import { jwkThumbprint, publicKeyToJwk, type Signer } from '@hufu/keys'
import { canonicalJson } from '@hufu/primitives'
import { mayIssue } from '@hufu/trust'
import { WalletError } from '../errors.ts'
import { accountOf, keyOfDid, type LedgerMoment } from '../network/ledger-view.ts'
import type { CredentialRecord } from '../records.ts'
import type { Session } from '../session.ts'

/** What the copies of a batch have in common. */
export interface CheckedCopies {
  readonly claims: JsonObject
  readonly issuedAtMs: number
  readonly expiresAtMs: number | undefined
  readonly statusReference: { readonly uri: string; readonly index: number } | undefined
  readonly issuerKey: NonNullable<CredentialRecord['issuerKey']>
}

/**
 * Checks what an issuer handed over: each copy signed by the issuer that offered, for a key of the wallet's, whole, and saying the same.
 *
 * @param copies - in the order of the keys
 * @throws WalletError `ERR_WALLET_CREDENTIAL`, `ERR_WALLET_OFFLINE`
 */
export async function checkCopies(
  { clock, file }: Pick<Session, 'clock' | 'file'>,
  moment: LedgerMoment,
  copies: readonly string[],
  expected: { readonly issuer: string; readonly typeId: string; readonly keys: readonly Signer[] },
): Promise<CheckedCopies> {
  const { issuer, typeId, keys } = expected
  const account = accountOf(issuer, file.network.name)
  let issuerKey: CheckedCopies['issuerKey'] | undefined
  const verify = async (copy: string): Promise<VerifiedSdJwtVc> =>
    verifySdJwtVc(copy, {
      credentialTypes: [typeId],
      keyBinding: 'none',
      // It was just issued; the status is looked up later, like everybody's.
      status: 'unchecked',
      resolveIssuerKey: async ({ kid, purpose, atMs }) => {
        const key = await keyOfDid(moment, kid, purpose, atMs)
        if (key === null) return null
        issuerKey = { kid, jwk: publicKeyToJwk(key.publicKey) as unknown as JsonObject }
        return { ...key, evidence: { blockIndex: key.blockIndex } }
      },
      mayIssue: async ({ credentialType, atMs }) => ({
        allowed: account !== undefined && (await mayIssue(moment.trust, account, credentialType, atMs)).allowed,
        evidence: {},
      }),
      clock,
    })
  try {
    const verified = await Promise.all(copies.map(verify))
    const [first] = verified
    const isGood =
      first !== undefined &&
      issuerKey !== undefined &&
      new Set(copies).size === copies.length &&
      verified.every(
        (copy, index) =>
          copy.issuer === issuer &&
          copy.complete &&
          canonicalJson(copy.claims) === canonicalJson(first.claims) &&
          copy.expiresAtMs === first.expiresAtMs &&
          copy.holderKey !== undefined &&
          jwkThumbprint(copy.holderKey) === jwkThumbprint(keys[index]!.publicKey),
      )
    if (!isGood) throw new WalletError('ERR_WALLET_CREDENTIAL', 'copies: expected whole ones of the issuer for the wallet’s keys')
    const { status } = readUnverifiedTerms(copies[0]!)
    return {
      claims: first.claims,
      issuedAtMs: first.issuedAtMs,
      expiresAtMs: first.expiresAtMs,
      statusReference: status,
      issuerKey: issuerKey!,
    }
  } catch (cause) {
    if (cause instanceof CredentialError && cause.code === 'ERR_CREDENTIAL_LOOKUP')
      throw new WalletError('ERR_WALLET_OFFLINE', 'copies: the ledger did not answer', { cause })
    if (cause instanceof CredentialError) throw new WalletError('ERR_WALLET_CREDENTIAL', 'copies: not in order', { cause })
    throw cause
  }
}
