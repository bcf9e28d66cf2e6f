import type { DidDocument, VerificationPurpose } from '@hufu/did'
import { type PublicKey, publicKeyToJwk } from '@hufu/keys'
import { bytesToHex, randomBytes } from '@hufu/primitives'

/** What the institution's keys are listed for: signing what it issues, and signing as itself. */
const purposes: readonly VerificationPurpose[] = ['assertionMethod', 'authentication']

/** A name for a key more, which no key of the DID ever had. */
export function newKeyId(did: string): string {
  return `${did}#key-${bytesToHex(randomBytes(8))}`
}

export function listsKey({ verificationMethod = [] }: DidDocument, id: string): boolean {
  return verificationMethod.some(method => method.id === id)
}

/** The document with a key more, for all that the institution's keys are for. */
export function withKey<Document extends DidDocument>(document: Document, id: string, key: PublicKey): Document {
  const { verificationMethod = [] } = document
  const method = { id, type: 'JsonWebKey', controller: document.id, publicKeyJwk: publicKeyToJwk(key) } as const
  const listed = Object.fromEntries(purposes.map(purpose => [purpose, [...(document[purpose] ?? []), id]]))
  return { ...document, verificationMethod: [...verificationMethod, method], ...listed }
}

/** The document without a key, wherever it names it. */
export function withoutKey<Document extends DidDocument>(document: Document, id: string): Document {
  const without = Object.entries(document).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.filter(item => (typeof item === 'string' ? item : (item as { id?: string }).id) !== id) : value,
  ])
  return Object.fromEntries(without) as Document
}
