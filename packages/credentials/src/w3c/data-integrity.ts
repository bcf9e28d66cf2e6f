import { type Cryptosuite, DataIntegrityProof } from '@digitalbazaar/data-integrity'
import { cryptosuite as ecdsaRdfc2019 } from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite'
import { cryptosuite as eddsaRdfc2022 } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite'
import { type KeyAlgorithm, type PublicKey, publicKeyToMultikey, type Signer } from '@hufu/keys'
import { msToDateTime } from '@hufu/primitives'
import { CredentialError } from '../errors.ts'
import { isJsonObject, type JsonObject } from '../json-object.ts'
import { type ContextLoader, credentialsV2Url, dataIntegrityUrl } from './context-loader.ts'
import type { ProofForm, ProofPurpose } from './proof-form.ts'

/** A key that signs, under the DID URL by which verifiers find it. */
export interface SigningKey {
  /** DID URL, such as `did:neo:pilot:N…#key-1`. */
  readonly id: string
  readonly signer: Signer
}

/** What a new proof says besides its signature. */
export interface ProofOptions {
  readonly purpose: ProofPurpose
  readonly createdMs: number
  readonly domain?: string
  readonly challenge?: string
}

/** A suite signs with one kind of key only. */
const cryptosuiteOf: Readonly<Record<KeyAlgorithm, Cryptosuite>> = { 'P-256': ecdsaRdfc2019, Ed25519: eddsaRdfc2022 }

/**
 * Adds a Data Integrity proof to a document without one. Every member must be defined by a context: what canonicalization would drop is refused.
 *
 * @throws CredentialError `ERR_CREDENTIAL_UNDEFINED_TERM`, `ERR_CREDENTIAL_CONTEXT`, `ERR_CREDENTIAL_TOO_LARGE`
 * @see https://www.w3.org/TR/vc-data-integrity/#add-proof
 */
export async function addProof(
  document: JsonObject,
  key: SigningKey,
  options: ProofOptions,
  loadContext: ContextLoader,
): Promise<JsonObject> {
  const { algorithm } = key.signer.publicKey
  const suite = new DataIntegrityProof({
    signer: { id: key.id, algorithm, sign: ({ data }) => key.signer.sign(data) },
    date: msToDateTime(options.createdMs),
    cryptosuite: cryptosuiteOf[algorithm],
  })
  const { domain, challenge, purpose } = options
  suite.proof = { ...(domain === undefined ? {} : { domain }), ...(challenge === undefined ? {} : { challenge }) }
  const secured = withProofTerms(document)
  try {
    const proof = await suite.createProof({
      document: secured,
      purpose: { update: async proof => ({ ...proof, proofPurpose: purpose }) },
      documentLoader: loadContext,
    })
    return { ...secured, proof: proof as JsonObject }
  } catch (error) {
    throw canonicalizationError(error) ?? error
  }
}

/**
 * Checks one proof's signature with a key that the caller has found and judged.
 *
 * @param document - the document without its proofs
 * @param previous - proofs that this one stands on; they are part of what it signs
 * @throws CredentialError `ERR_CREDENTIAL_ALGORITHM`: suite and key do not go together; `ERR_CREDENTIAL_SIGNATURE`; those of {@link addProof}
 * @see https://www.w3.org/TR/vc-data-integrity/#verify-proof-sets-and-chains
 */
export async function checkSignature(
  document: JsonObject,
  { proof, cryptosuite, verificationMethod, controller }: ProofForm,
  previous: readonly JsonObject[],
  key: PublicKey,
  loadContext: ContextLoader,
): Promise<void> {
  const suite = cryptosuiteOf[key.algorithm]
  if (cryptosuite !== suite.name)
    throw new CredentialError('ERR_CREDENTIAL_ALGORITHM', `proof.cryptosuite: expected ${suite.name} for this key`)
  const method = { id: verificationMethod, type: 'Multikey', controller, publicKeyMultibase: publicKeyToMultikey(key) }
  const { verified, error } = await new DataIntegrityProof({ cryptosuite: suite }).verifyProof({
    proof: { '@context': document['@context'], ...proof },
    document: previous.length === 0 ? document : { ...document, proof: previous },
    documentLoader: async url => (url === verificationMethod ? { document: method } : loadContext(url)),
  })
  if (verified) return
  throw (
    canonicalizationError(error) ??
    new CredentialError('ERR_CREDENTIAL_SIGNATURE', "proof is not the key's over this document", { cause: error })
  )
}

/** VC Data Model 1.1's context does not define proofs: their context is added, as VC Data Integrity §2.4.2 asks. */
function withProofTerms(document: JsonObject): JsonObject {
  const contexts = document['@context'] as readonly (string | JsonObject)[]
  if (contexts.includes(credentialsV2Url) || contexts.includes(dataIntegrityUrl)) return document
  return { ...document, '@context': [...contexts, dataIntegrityUrl] }
}

/** Our error for one that the JSON-LD processor or the canonicalization threw; undefined for any other. */
function canonicalizationError(error: unknown): CredentialError | undefined {
  const own = ownErrorBeneath(error)
  if (own !== undefined) return own
  if (!(error instanceof Error)) return undefined
  if (error.name === 'jsonld.ValidationError')
    return new CredentialError('ERR_CREDENTIAL_UNDEFINED_TERM', 'a member, type or value has no meaning under the contexts', {
      cause: error,
    })
  if (error.name.startsWith('jsonld.'))
    return new CredentialError('ERR_CREDENTIAL_CONTEXT', 'contexts cannot be processed', { cause: error })
  if (error.message.startsWith('Maximum deep iterations exceeded'))
    return new CredentialError('ERR_CREDENTIAL_TOO_LARGE', 'document takes too long to canonicalize', { cause: error })
  return undefined
}

/** The context loader's error, which the JSON-LD processor wraps in its own. */
function ownErrorBeneath(error: unknown, depth = 0): CredentialError | undefined {
  if (error instanceof CredentialError) return error
  if (!(error instanceof Error) || depth > 8) return undefined
  const details = 'details' in error && isJsonObject(error.details) ? error.details.cause : undefined
  return ownErrorBeneath(error.cause, depth + 1) ?? ownErrorBeneath(details, depth + 1)
}
