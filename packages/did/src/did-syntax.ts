import { DidError } from './errors.ts'

// DID Core 1.0 §3.1: did = "did:" method-name ":" method-specific-id
const pattern = /^did:([a-z0-9]+):((?:(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*:)*(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+)$/
const maxLength = 2048

/**
 * Method and method-specific identifier of a DID of whatever method.
 *
 * @throws DidError `ERR_DID_SYNTAX`
 * @see https://www.w3.org/TR/did-core/#did-syntax
 */
export function parseDidSyntax(text: string): { readonly method: string; readonly id: string } {
  const match = text.length > maxLength ? null : pattern.exec(text)
  if (match === null) throw new DidError('ERR_DID_SYNTAX', 'expected a DID, did:<method>:<identifier>')
  return { method: match[1]!, id: match[2]! }
}
