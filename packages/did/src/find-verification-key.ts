import { type PublicKey, publicKeyFromJwk, publicKeyFromMultikey } from '@hufu/keys'
import type { ResolvedDocument, VerificationMethod, VerificationPurpose } from './did-document.ts'
import type { DidMoment, DidSource, DidState } from './did-state.ts'
import { DidError } from './errors.ts'
import type { Did } from './parse-did.ts'
import { parseDidUrl } from './parse-did-url.ts'
import { resolveDid } from './resolve-did.ts'

/** A public key that its DID listed for a purpose, and the state of the ledger that says so. */
export interface VerificationKey {
  readonly did: Did
  /** Absolute DID URL of the verification method. */
  readonly id: string
  readonly publicKey: PublicKey
  /** Evidence: the version that lists it, and its block. */
  readonly state: DidState
}

/**
 * Finds the key that a DID URL names, if its DID listed it for that purpose at that moment.
 *
 * @param didUrl - DID and fragment, such as a JWT's `kid` or a proof's `verificationMethod`
 * @param moment - usually `{ timeMs }`, the time of signing
 * @throws DidError `ERR_DID_KEY`: no such key then, or not a DID and fragment alone; `ERR_DID_KEY_PURPOSE`: listed, but not for that purpose;
 *   `ERR_DID_DEACTIVATED`: the DID had been deactivated by then; and as `resolveDid`
 */
export async function findVerificationKey(
  source: DidSource,
  didUrl: string,
  purpose: VerificationPurpose,
  moment: DidMoment,
): Promise<VerificationKey> {
  const { did, path, parameters, fragment } = parseDidUrl(didUrl)
  if (path !== '' || parameters.size > 0 || fragment === undefined) throw new DidError('ERR_DID_KEY', 'expected a DID and a fragment')
  const { document, state } = await resolveDid(source, did, moment)
  if (document === null) throw new DidError('ERR_DID_DEACTIVATED', 'the DID is deactivated')
  const method = findVerificationMethod(document, `${did}#${fragment}`, purpose)
  return { did, id: method.id, publicKey: publicKeyOf(method), state }
}

/**
 * The verification method of an id, if it is listed for the purpose (where one is given).
 *
 * @throws DidError `ERR_DID_KEY`, `ERR_DID_KEY_PURPOSE`
 */
export function findVerificationMethod(document: ResolvedDocument, id: string, purpose?: VerificationPurpose): VerificationMethod {
  const method = document.verificationMethod?.find(candidate => candidate.id === id)
  if (method === undefined) throw new DidError('ERR_DID_KEY', 'the DID lists no such verification method')
  if (purpose !== undefined && document[purpose]?.includes(id) !== true) {
    throw new DidError('ERR_DID_KEY_PURPOSE', `the verification method is not listed for ${purpose}`)
  }
  return method
}

function publicKeyOf(method: VerificationMethod): PublicKey {
  return method.type === 'JsonWebKey' ? publicKeyFromJwk(method.publicKeyJwk) : publicKeyFromMultikey(method.publicKeyMultibase)
}
