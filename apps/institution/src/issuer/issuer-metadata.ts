import type { JsonObject } from '@hufu/credentials'
import { type Display, writeIssuerMetadata } from '@hufu/exchange'
import type { Texts } from '@hufu/trust'
import type { Institution } from '../institution.ts'
import type { Configuration } from './configurations.ts'
import { maxBatch } from './issuances.ts'

/** What this issuer has to offer, and where (OpenID4VCI 1.0 §12.2). */
export function issuerMetadata(
  { publicUrl, self }: Pick<Institution, 'publicUrl' | 'self'>,
  authorizationServers: readonly string[],
  configurations: readonly Configuration[],
): JsonObject {
  return writeIssuerMetadata({
    issuer: publicUrl,
    authorizationServers,
    credentialEndpoint: `${publicUrl}/vci/credential`,
    nonceEndpoint: `${publicUrl}/vci/nonce`,
    deferredCredentialEndpoint: `${publicUrl}/vci/deferred`,
    notificationEndpoint: `${publicUrl}/vci/notification`,
    batchSize: maxBatch,
    display: displayOf(self.name),
    configurations: configurations.map(({ id, format, type }) => ({
      ...{ id, format, credentialType: type.typeId, scope: id, display: displayOf(type.title) },
      claims: type.claims.map(({ name, title }) => ({
        path: format === 'ldp_vc' ? ['credentialSubject', name] : [name],
        display: displayOf(title),
      })),
    })),
  })
}

function displayOf(texts: Texts): readonly Display[] {
  return [
    { name: texts['zh-CN'], locale: 'zh-CN' },
    { name: texts.en, locale: 'en' },
  ]
}
