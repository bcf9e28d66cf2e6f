import { type JsonObject, presentSdJwt, verifySdJwtVc } from '@hufu/credentials'
import { publicKeyFromJwk } from '@hufu/keys'
import type { Clock } from '@hufu/primitives'
import { WalletError } from '../errors.ts'
import type { CredentialRecord } from '../records.ts'

type Paths = Parameters<typeof presentSdJwt>[1]['disclose']

/**
 * What a verifier will read if these claims of a copy are disclosed: found out by making that very presentation and reading it as a verifier does, so that
 * what the person agrees to is what is shown.
 *
 * @throws WalletError `ERR_WALLET_CREDENTIAL`: the copy is not in order
 */
export async function revealedClaims(sdJwt: string, record: CredentialRecord, disclose: Paths, clock: Clock): Promise<JsonObject> {
  const { issuer, typeId, issuerKey } = record
  if (issuerKey === undefined) throw new WalletError('ERR_WALLET_CREDENTIAL', 'credential: expected copies')
  try {
    const { claims } = await verifySdJwtVc(await presentSdJwt(sdJwt, { disclose }), {
      credentialTypes: [typeId],
      keyBinding: 'none',
      status: 'unchecked',
      // As proven when the copy came; what counts now is the verifier's to find out.
      resolveIssuerKey: async () => ({ controller: issuer, publicKey: publicKeyFromJwk(issuerKey.jwk), evidence: {} }),
      mayIssue: async () => ({ allowed: true, evidence: {} }),
      clock,
    })
    return claims
  } catch (cause) {
    throw new WalletError('ERR_WALLET_CREDENTIAL', 'credential: a copy is not in order', { cause })
  }
}
