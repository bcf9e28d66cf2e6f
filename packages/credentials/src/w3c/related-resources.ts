import { base64ToBytes, bytesToBase58, bytesToBase64, bytesToBase64url, concatBytes, hexToBytes } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { credentialsV1Url, credentialsV2Url, dataIntegrityUrl } from './context-loader.ts'
import { isUrl, listOfObjects, malformed } from './form.ts'

/**
 * Digests (SHA-256 in hexadecimal, SHA-384 in base64) of the contexts this package holds, one pair for each text W3C has published under the URL.
 *
 * @see https://www.w3.org/TR/vc-data-model-2.0/#contexts-and-vocabularies
 */
const published: Readonly<Record<string, readonly { readonly sha256: string; readonly sha384: string }[]>> = {
  [credentialsV2Url]: [
    {
      sha256: '59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734',
      sha384: 'l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU',
    },
    // The Candidate Recommendation of July 2024, which W3C's own tests still name.
    {
      sha256: '24a18c90e9856d526111f29376e302d970b2bd10182e33959995b0207d7043b9',
      sha384: 'NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg',
    },
  ],
  [credentialsV1Url]: [
    {
      sha256: 'ab4ddd9a531758807a79a5b450510d61ae8d147eab966cc9a200c07095b0cdcc',
      sha384: 'gsOz6rhjdUu/0rnxfY1tufYRafMBy/CwXh/EvrX1xR3U0uiIwnT0nD+7JAj2H67R',
    },
  ],
  [dataIntegrityUrl]: [
    {
      sha256: '67f21e6e33a6c14e5ccfd2fc7865f7474fb71a04af7e94136cb399dfac8ae8f4',
      sha384: 'DuLXYmcX+LB81Em1JdXitx/icgn8meUwieAWndKUTXk/7qRSb8YLucyhzZZRI5H2',
    },
  ],
}

const sriPattern = /^sha(256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}$/
const multibasePattern = /^(z[1-9A-HJ-NP-Za-km-z]{40,100}|u[A-Za-z0-9_-]{40,100})$/

/**
 * Checks `relatedResource` (VCDM 2.0 §5.3): each with a URL of its own and a digest. A digest is compared where this package makes use of the
 * resource, which it does of the contexts it holds alone: nothing is fetched.
 *
 * @throws CredentialError `ERR_CREDENTIAL_MALFORMED`; `ERR_CREDENTIAL_RESOURCE`: a digest is not that of the resource
 */
export function checkRelatedResources(value: unknown): void {
  const seen = new Set<string>()
  for (const { id, mediaType, digestSRI, digestMultibase } of listOfObjects(value, 'relatedResource')) {
    if (!isUrl(id) || seen.has(id)) malformed('relatedResource.id', 'a URL, another on each')
    seen.add(id)
    if (mediaType !== undefined && typeof mediaType !== 'string') malformed('relatedResource.mediaType', 'a media type')
    const sri = digestTexts(digestSRI, 'relatedResource.digestSRI', sriPattern)
    const multibase = digestTexts(digestMultibase, 'relatedResource.digestMultibase', multibasePattern)
    if (sri.length + multibase.length === 0) malformed('relatedResource', 'digestSRI or digestMultibase')
    const accepted = acceptedDigests(id)
    if (accepted !== undefined && [...sri, ...multibase].some(text => !accepted.has(text)))
      throw new CredentialError('ERR_CREDENTIAL_RESOURCE', 'relatedResource: expected the SHA-256 or SHA-384 digest of the resource')
  }
}

function digestTexts(value: unknown, path: string, pattern: RegExp): readonly string[] {
  if (value === undefined) return []
  const items: readonly unknown[] = Array.isArray(value) ? value : [value]
  return items.map(item => (typeof item === 'string' && pattern.test(item) ? item : malformed(path, 'a digest')))
}

/** Every text that names a published digest: Subresource Integrity, and multibase of a multihash or (as W3C's tests write it) of the digest alone. */
function acceptedDigests(url: string): ReadonlySet<string> | undefined {
  const versions = Object.hasOwn(published, url) ? published[url] : undefined
  return versions && new Set(versions.flatMap(version => digestTextsOf(hexToBytes(version.sha256), base64ToBytes(version.sha384))))
}

function digestTextsOf(sha256: Uint8Array, sha384: Uint8Array): readonly string[] {
  const multihashes = [concatBytes(Uint8Array.of(0x12, 32), sha256), concatBytes(Uint8Array.of(0x20, 48), sha384)]
  return [
    `sha256-${bytesToBase64(sha256)}`,
    `sha384-${bytesToBase64(sha384)}`,
    ...[sha256, sha384, ...multihashes].flatMap(bytes => [`u${bytesToBase64url(bytes)}`, `z${bytesToBase58(bytes)}`]),
  ]
}
