import { publicKeyToJwk, publicKeyToMultikey } from '@hufu/keys'
import type { Identity } from './identity.ts'

/** The DID document of an identity: its keys for signing credentials and for authentication, and where its server is. */
export function identityDocument(identity: Identity, serviceUrl?: string): Record<string, unknown> {
  const ids = identity.keys.map(key => key.id)
  return {
    id: identity.did,
    verificationMethod: identity.keys.map(({ id, signer: { publicKey } }) => ({
      id,
      controller: identity.did,
      // Data Integrity names Ed25519 keys as Multikey; JOSE and P-256 go by JWK.
      ...(publicKey.algorithm === 'Ed25519'
        ? { type: 'Multikey', publicKeyMultibase: publicKeyToMultikey(publicKey) }
        : { type: 'JsonWebKey', publicKeyJwk: publicKeyToJwk(publicKey) }),
    })),
    authentication: ids,
    assertionMethod: ids,
    ...(serviceUrl === undefined
      ? {}
      : { service: [{ id: `${identity.did}#institution`, type: 'HufuInstitution', serviceEndpoint: serviceUrl }] }),
  }
}
