import type { JsonObject } from '@hufu/credentials'
import { credentialsV2Url } from '@hufu/credentials'
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
  return {
    credential_issuer: publicUrl,
    authorization_servers: authorizationServers,
    credential_endpoint: `${publicUrl}/vci/credential`,
    nonce_endpoint: `${publicUrl}/vci/nonce`,
    deferred_credential_endpoint: `${publicUrl}/vci/deferred`,
    notification_endpoint: `${publicUrl}/vci/notification`,
    batch_credential_issuance: { batch_size: maxBatch },
    display: displayOf(self.name),
    credential_configurations_supported: Object.fromEntries(
      configurations.map(configuration => [configuration.id, configurationJson(configuration, self.did)]),
    ),
  }
}

function configurationJson(configuration: Configuration, issuer: string): JsonObject {
  const { id, type } = configuration
  return {
    ...formatOf(configuration, issuer),
    scope: id,
    cryptographic_binding_methods_supported: ['jwk'],
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ['ES256'] } },
    credential_metadata: {
      display: displayOf(type.title),
      claims: type.claims.map(({ name, title, isRequired }) => ({
        path: configuration.format === 'ldp_vc' ? ['credentialSubject', name] : [name],
        mandatory: isRequired,
        display: displayOf(title),
      })),
    },
  }
}

function formatOf({ format, type }: Configuration, issuer: string): JsonObject {
  switch (format) {
    case 'dc+sd-jwt':
      return { format, vct: type.typeId, credential_signing_alg_values_supported: ['ES256'] }
    case 'ldp_vc':
      return {
        format,
        credential_definition: { '@context': [credentialsV2Url], type: ['VerifiableCredential', type.typeId] },
        credential_signing_alg_values_supported: ['ecdsa-rdfc-2019'],
      }
    case 'hufu_zk':
      // Not signed: the ledger has the issuer's tree, in which the leaf stands.
      return { format, credential_type: type.typeId, schema_version: type.version, issuer }
  }
}

function displayOf(texts: Texts): readonly JsonObject[] {
  return [
    { name: texts['zh-CN'], locale: 'zh-CN' },
    { name: texts.en, locale: 'en' },
  ]
}
