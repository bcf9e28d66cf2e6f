import type { Json } from '@hufu/primitives'
import type { ResolvedDocument } from './did-document.ts'

/** Media types of a document, ours first: DID Core 1.1, DID Core 1.0 as JSON-LD and as JSON, and JSON for those who know no better. */
export const documentMediaTypes = ['application/did', 'application/did+ld+json', 'application/did+json', 'application/json'] as const

export type DocumentMediaType = (typeof documentMediaTypes)[number]

const didV1 = 'https://www.w3.org/ns/did/v1'
const didV11 = 'https://www.w3.org/ns/did/v1.1'
const methodContexts = { JsonWebKey: 'https://w3id.org/security/jwk/v1', Multikey: 'https://w3id.org/security/multikey/v1' } as const

/** Every `@context` that a representation may carry. */
export const knownContexts: readonly string[] = [didV1, didV11, ...Object.values(methodContexts)]

/**
 * A document in one representation: `@context` belongs to the representation and not to the data, so it is added here.
 *
 * @see https://www.w3.org/TR/did-core/#production-and-consumption
 */
export function produceDocument(document: ResolvedDocument, mediaType: DocumentMediaType): Readonly<Record<string, Json>> {
  const data = document as unknown as Readonly<Record<string, Json>>
  switch (mediaType) {
    case 'application/did':
      return { '@context': [didV11], ...data }
    case 'application/did+ld+json':
      return { '@context': [didV1, ...contextsOfMethods(document)], ...data }
    case 'application/did+json':
    case 'application/json':
      return data
  }
}

function contextsOfMethods(document: ResolvedDocument): readonly string[] {
  return [...new Set((document.verificationMethod ?? []).map(method => methodContexts[method.type]))]
}
