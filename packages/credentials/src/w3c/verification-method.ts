import { publicKeyFromMultikey } from '@hufu/keys'
import { errorCode } from '@hufu/primitives'
import type { IssuerKey } from '../lookups.ts'
import type { ProofPurpose } from './proof-form.ts'

/**
 * Finds the key `kid` that the DID `issuer` listed for a purpose at `atMs`. Answers null if no such DID, version or key was listed for it then;
 * throws only if it could not find out.
 */
export type ResolveVerificationMethod = (query: {
  issuer: string
  kid: string
  purpose: ProofPurpose
  atMs: number
}) => Promise<IssuerKey | null>

/**
 * Resolves `did:key`, a DID that is nothing but its one key (P-256 or Ed25519), good for every purpose at any time. Such a DID says nothing about
 * who holds the key, and no trust registry lists it.
 *
 * @see https://w3c-ccg.github.io/did-key-spec/
 */
export const resolveDidKey: ResolveVerificationMethod = async ({ issuer, kid }) => {
  const multikey = issuer.startsWith('did:key:') ? issuer.slice('did:key:'.length) : undefined
  if (multikey === undefined || kid !== `${issuer}#${multikey}`) return null
  try {
    return { controller: issuer, publicKey: publicKeyFromMultikey(multikey), evidence: { method: 'key' } }
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    return null
  }
}

/** Resolves each DID by its method, such as `{ key: resolveDidKey, neo: … }`; DIDs of other methods have no keys. */
export function resolveByMethod(methods: Readonly<Record<string, ResolveVerificationMethod>>): ResolveVerificationMethod {
  return async query => {
    const method = query.issuer.split(':')[1] ?? ''
    return Object.hasOwn(methods, method) ? methods[method]!(query) : null
  }
}
