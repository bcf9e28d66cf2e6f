import { joseAlgorithm, type Signer } from '@hufu/keys'
import { bytesToBase64url, canonicalJsonBytes, utf8ToBytes } from '@hufu/primitives'

/**
 * Signs a JWT in compact form.
 *
 * @param jwt.type - the `typ` header
 * @param jwt.kid - DID URL of the signer's key; left out where the verifier knows the key otherwise
 * @throws EncodingError `ERR_ENCODING_JSON`: the payload holds something JSON cannot
 */
export async function signJwt(
  jwt: { type: string; kid?: string; payload: Readonly<Record<string, unknown>> },
  signer: Signer,
): Promise<string> {
  const header = { alg: joseAlgorithm[signer.publicKey.algorithm], typ: jwt.type, kid: jwt.kid }
  const signingInput = `${encode(header)}.${encode(jwt.payload)}`
  return `${signingInput}.${bytesToBase64url(await signer.sign(utf8ToBytes(signingInput)))}`
}

function encode(value: unknown): string {
  return bytesToBase64url(canonicalJsonBytes(value))
}
