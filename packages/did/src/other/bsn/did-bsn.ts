import { secp256k1ToJwk } from '@hufu/keys'
import { msToDateTime } from '@hufu/primitives'
import type { DidDriver, OtherDidDocument } from '../did-driver.ts'
import type { BsnDidDocument } from './bsn-did-document.ts'
import type { BsnDidService } from './bsn-did-service.ts'

/**
 * `did:bsn`: a document of BSN's DID service, told in the form of DID Core. The service's own has neither `id` nor `verificationMethod`, so this one is made up
 * from it: `#keys-1`, as BSN's programs call the key that signs, for authentication and assertions. The recovery key is left out: it may only replace the
 * other one, and no relationship of DID Core says that.
 */
export function didBsnDriver(service: BsnDidService): DidDriver {
  return {
    method: 'bsn',
    version: 1,
    async resolve(did) {
      const found = await service.findDocument(did)
      return {
        document: documentOf(found),
        metadata: {
          created: msToDateTime(found.createdMs),
          ...(found.updatedMs === found.createdMs ? {} : { updated: msToDateTime(found.updatedMs) }),
          versionId: found.version,
          identifierIsHashOfKeys: found.isIdentifierOfKeys,
        },
        assurance: { kind: 'gatewaySigned' },
        origin: { host: service.host },
      }
    },
  }
}

function documentOf({ did, authentication }: BsnDidDocument): OtherDidDocument {
  const id = `${did}#keys-1`
  return {
    id: did,
    verificationMethod: [{ id, type: 'JsonWebKey', controller: did, publicKeyJwk: { ...secp256k1ToJwk(authentication) } }],
    authentication: [id],
    assertionMethod: [id],
  }
}
