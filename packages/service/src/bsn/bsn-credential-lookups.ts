import type { VerifyBsnCredentialOptions } from '@hufu/credentials'
import { type BsnDidService, type DidResolver, findOtherKey } from '@hufu/did'
import { errorCode, secondsOfMs } from '@hufu/primitives'

/** The lookups of BSN's issuers, by its DID service. What could not be found out is thrown, and is no "no". */
export function bsnCredentialLookups(
  resolver: DidResolver,
  service: BsnDidService,
): Pick<VerifyBsnCredentialOptions, 'findIssuerKey' | 'isRevoked'> {
  return {
    async findIssuerKey(issuerDid) {
      const found = await foundOrNull(() => resolver.resolve(issuerDid))
      if (found === null || found.document === null) return null
      const { document, assurance, source } = found
      const key = findOtherKey(document, `${issuerDid}#keys-1`, 'assertionMethod')
      if (key.algorithm !== 'secp256k1') return null
      const evidence = {
        assurance: assurance.kind,
        driver: source.driver,
        host: source.host ?? '',
        retrievedSeconds: secondsOfMs(source.retrievedMs),
      }
      return { key, evidence }
    },
    async isRevoked({ issuerDid, credentialId }) {
      const revoked = await service.isRevoked(issuerDid, credentialId)
      return { revoked, evidence: { assurance: 'gatewaySigned', host: service.host } }
    },
  }
}

async function foundOrNull<Found>(find: () => Promise<Found>): Promise<Found | null> {
  try {
    return await find()
  } catch (error) {
    if (errorCode(error) === 'ERR_DID_NOT_FOUND') return null
    throw error
  }
}
