import type { Json } from '@hufu/primitives'
import type { DidProof } from './did-proof.ts'
import type { DidSource } from './did-state.ts'
import type { DidAssurance } from './other/did-assurance.ts'
import type { DidAnswerSource } from './other/did-resolver.ts'
import { parseDid } from './parse-did.ts'
import { type DidProblem, problemOfError } from './problem-of-error.ts'
import { type DocumentMediaType, produceDocument } from './produce-document.ts'
import type { DidProver } from './proven-source.ts'
import { type OptionTexts, parseDocumentMediaType, parseResolutionOptions } from './resolution-options.ts'
import { type DocumentMetadata, resolveDid } from './resolve-did.ts'

/** What stands behind an answer about a DID of another method, and where it came from. */
export interface Provenance {
  readonly assurance: DidAssurance
  /** `retrieved`: date and time in UTC. */
  readonly source: Omit<DidAnswerSource, 'retrievedMs'> & { readonly retrieved: string }
}

/** What the function `resolve` of DID Resolution answers. @see https://www.w3.org/TR/did-resolution/#did-resolution-result */
export interface ResolutionResult {
  readonly didDocument: Readonly<Record<string, Json>> | null
  readonly didResolutionMetadata: { readonly contentType?: DocumentMediaType; readonly error?: DidProblem } & Partial<Provenance>
  /** `proof`: what the ledger's validators signed, where it was asked for. */
  readonly didDocumentMetadata: Partial<DocumentMetadata> & {
    readonly identifierIsHashOfKeys?: boolean
    readonly proof?: readonly DidProof[]
  }
}

/**
 * The function `resolve` of DID Resolution: text in, result or error object out.
 *
 * @throws what is not the caller's doing, such as a `LedgerError`; the edge logs it and answers `internalProblem`
 * @see https://www.w3.org/TR/did-resolution/#did-resolution-algorithm
 */
export async function resolve(source: DidSource, did: string, options: OptionTexts = new Map()): Promise<ResolutionResult> {
  try {
    const parsed = parseDid(did)
    const { moment, accept } = parseResolutionOptions(options)
    const contentType = parseDocumentMediaType(accept)
    const { document, metadata } = await resolveDid(source, parsed, moment)
    return {
      didDocument: document === null ? null : produceDocument(document, contentType),
      didResolutionMetadata: { contentType },
      didDocumentMetadata: metadata,
    }
  } catch (error) {
    const problem = problemOfError(error)
    if (problem === undefined) throw error
    return { didDocument: null, didResolutionMetadata: { error: problem }, didDocumentMetadata: {} }
  }
}

/**
 * As {@link resolve}, with a proof of the result in its metadata. What the newest block wrote is proven by the header after it, so the
 * result may be one block older.
 */
export async function resolveWithProof(prover: DidProver, did: string, options: OptionTexts = new Map()): Promise<ResolutionResult> {
  let proof: DidProof | undefined
  const source: DidSource = {
    network: prover.network,
    async findState(identifier, moment) {
      const proven = await prover.proveState(identifier, moment)
      proof = proven?.proof
      return proven?.state ?? null
    },
  }
  const result = await resolve(source, did, options)
  if (proof === undefined || result.didResolutionMetadata.error !== undefined) return result
  return { ...result, didDocumentMetadata: { ...result.didDocumentMetadata, proof: [proof] } }
}
