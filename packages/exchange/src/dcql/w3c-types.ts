import type { JsonObject } from '@hufu/credentials'

const vocabulary = new Map([
  ['VerifiableCredential', 'https://www.w3.org/2018/credentials#VerifiableCredential'],
  ['VerifiablePresentation', 'https://www.w3.org/2018/credentials#VerifiablePresentation'],
])
const undefinedTermsUrl = 'https://www.w3.org/ns/credentials/undefined-terms/v2'
const undefinedTerm = 'https://www.w3.org/ns/credentials/undefined-term#'

/**
 * Names by which a query may call the types of a W3C credential: as they stand there, and expanded as the bundled contexts do it (a type that is a URI
 * stays as it is). OpenID4VP 1.0 §B.1.1 has them expanded.
 */
export function typeNamesOf(document: JsonObject): ReadonlySet<string> {
  const types = [document.type].flat().filter(type => typeof type === 'string')
  const isOpen = [document['@context']].flat().includes(undefinedTermsUrl)
  return new Set(types.flatMap(type => [type, vocabulary.get(type) ?? (isOpen && !type.includes(':') ? undefinedTerm + type : type)]))
}
