import { CredentialError } from '../errors.ts'
import credentialsUndefinedTermsV2 from './contexts/credentials-undefined-terms-v2.json' with { type: 'json' }
import credentialsV1 from './contexts/credentials-v1.json' with { type: 'json' }
import credentialsV2 from './contexts/credentials-v2.json' with { type: 'json' }
import dataIntegrityV2 from './contexts/data-integrity-v2.json' with { type: 'json' }
import multikeyV1 from './contexts/multikey-v1.json' with { type: 'json' }
import statusV1 from './contexts/status-v1.json' with { type: 'json' }

/** What a JSON-LD processor gets for a URL. `tag: 'static'` lets it keep the parsed context for ever. */
export interface RemoteDocument {
  readonly contextUrl: null
  readonly documentUrl: string
  readonly document: object
  readonly tag?: 'static'
}

/** Finds a context by its URL, never over the network. @throws CredentialError `ERR_CREDENTIAL_CONTEXT`: it is not a known one */
export type ContextLoader = (url: string) => Promise<RemoteDocument>

/** First context of every VC Data Model 2.0 document. */
export const credentialsV2Url = 'https://www.w3.org/ns/credentials/v2'
/** First context of every VC Data Model 1.1 document. */
export const credentialsV1Url = 'https://www.w3.org/2018/credentials/v1'
/** Terms of Data Integrity proofs, which VC Data Model 1.1 lacks. */
export const dataIntegrityUrl = 'https://w3id.org/security/data-integrity/v2'

const bundled: ReadonlyMap<string, object> = new Map<string, object>([
  [credentialsV1Url, credentialsV1],
  [credentialsV2Url, credentialsV2],
  ['https://www.w3.org/ns/credentials/undefined-terms/v2', credentialsUndefinedTermsV2],
  ['https://www.w3.org/ns/credentials/examples/v2', { '@context': { '@vocab': 'https://www.w3.org/ns/credentials/examples#' } }],
  ['https://www.w3.org/ns/credentials/status/v1', statusV1],
  [dataIntegrityUrl, dataIntegrityV2],
  ['https://w3id.org/security/multikey/v1', multikeyV1],
])

/**
 * A loader of the bundled contexts, and of more that the caller trusts.
 *
 * @param more - contexts by URL; cannot replace a bundled one
 */
export function contextLoader(more: Readonly<Record<string, object>> = {}): ContextLoader {
  const added = new Map(Object.entries(more))
  return async url => {
    const known = bundled.get(url)
    if (known !== undefined) return { contextUrl: null, documentUrl: url, document: known, tag: 'static' }
    const own = added.get(url)
    // Not tagged: another loader may hold another context under the same URL.
    if (own !== undefined) return { contextUrl: null, documentUrl: url, document: own }
    throw new CredentialError('ERR_CREDENTIAL_CONTEXT', '@context names a context that is not a known one; contexts are never fetched')
  }
}
