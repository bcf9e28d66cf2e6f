import { createPrivateKey, X509Certificate } from 'node:crypto'
import { publicKeyFromJwk, subtleSigner } from '@hufu/keys'
import type { FabricUser } from '@hufu/pcn'

/** A user of a Fabric channel out of PEM. @param identity.privateKey - PKCS#8, of P-256 */
export async function openFabricUser(identity: {
  readonly mspId: string
  readonly certificate: string
  readonly privateKey: string
}): Promise<FabricUser> {
  const { mspId, certificate, privateKey } = identity
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const
  const pkcs8 = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' })
  const key = await crypto.subtle.importKey('pkcs8', new Uint8Array(pkcs8), algorithm, false, ['sign'])
  const publicKey = publicKeyFromJwk(new X509Certificate(certificate).publicKey.export({ format: 'jwk' }))
  return { mspId, certificate, signer: subtleSigner(key, publicKey) }
}
