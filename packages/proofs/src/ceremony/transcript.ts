import { isSignatureValid, type PublicJwk, publicKeyFromJwk, type Signer } from '@hufu/keys'
import { base64urlToBytes, bytesToBase64url, canonicalJsonBytes, type Json, sha256 } from '@hufu/primitives'
import { ProofError } from '../errors.ts'
import type { KnowledgeProof } from './knowledge-proof.ts'

/** The block whose hash closes a phase. */
export interface Beacon {
  readonly blockIndex: number
  /** 32 bytes, hexadecimal. */
  readonly blockHash: string
}

/** One step of a phase: new heads of the secrets, and the proofs that they are known. Points are base64url of compressed points. */
export interface Contribution {
  /** Who: a participant, or `beacon` for the step that closes the phase. */
  readonly participant: string
  readonly heads: Readonly<Record<string, string>>
  readonly proofs: Readonly<Record<string, { readonly factorG1: string; readonly factorR: string }>>
  /** SHA-256 of all points of the phase after this step, hexadecimal. */
  readonly stateSha256: string
  /** ES256 over the challenge and this contribution without `signature`; a beacon has none. */
  readonly signature?: string
  /** Only of the step that closes the phase. */
  readonly beacon?: Beacon
}

/** A phase: phase 1 is `powers`, the others are named by circuits. */
export interface Phase {
  readonly name: string
  /** Announced with the last contribution: the block whose hash will close the phase. */
  readonly closesAtBlock?: number
  readonly contributions: readonly Contribution[]
}

/** All that was public in a ceremony. Its hash stands in the keys and on the ledger. */
export interface Transcript {
  readonly format: 'hufu-ceremony-1'
  readonly title: string
  readonly domainSize: number
  readonly participants: readonly { readonly name: string; readonly publicKey: PublicJwk }[]
  readonly circuits: readonly { readonly name: string; readonly sha256: string }[]
  /** SHA-256 iterations on the block's hash, as a power of two. */
  readonly beaconIterationsLog2: number
  readonly phases: readonly Phase[]
}

/** SHA-256 of the transcript as it stands. */
export function transcriptHash(transcript: Transcript): Uint8Array {
  return sha256(canonicalJsonBytes(transcript as unknown as Json))
}

/** What the next step of a phase has to answer to: the hash of everything up to there. */
export function challengeOf(transcript: Transcript, phaseIndex: number, stepIndex: number): Uint8Array {
  const phases = transcript.phases.slice(0, phaseIndex + 1).map((phase, index) => {
    // When the phase will close is announced with its last contribution, so it binds only the closing step.
    const contributions = index === phaseIndex ? phase.contributions.slice(0, stepIndex) : phase.contributions
    const complete = contributions.length >= transcript.participants.length
    return {
      name: phase.name,
      contributions,
      ...(complete && phase.closesAtBlock !== undefined ? { closesAtBlock: phase.closesAtBlock } : {}),
    }
  })
  return transcriptHash({ ...transcript, phases })
}

/** Signs a contribution for the transcript. */
export async function signContribution(
  contribution: Omit<Contribution, 'signature'>,
  challenge: Uint8Array,
  signer: Signer,
): Promise<Contribution> {
  const signature = await signer.sign(signedBytes(contribution, challenge))
  return { ...contribution, signature: bytesToBase64url(signature) }
}

/** Checks that a participant signed the contribution. @throws ProofError `ERR_PROOF_CEREMONY` */
export async function checkContributionSignature(contribution: Contribution, challenge: Uint8Array, key: PublicJwk): Promise<void> {
  const { signature, ...signed } = contribution
  const valid =
    signature !== undefined && (await isSignatureValid(publicKeyFromJwk(key), signedBytes(signed, challenge), base64urlToBytes(signature)))
  if (!valid) throw new ProofError('ERR_PROOF_CEREMONY', `ceremony: the signature of ${contribution.participant} does not hold`)
}

function signedBytes(contribution: Omit<Contribution, 'signature'>, challenge: Uint8Array): Uint8Array {
  return canonicalJsonBytes({ challenge: bytesToBase64url(challenge), contribution } as unknown as Json)
}

export function encodeKnowledge({ factorG1, factorR }: KnowledgeProof): { readonly factorG1: string; readonly factorR: string } {
  return { factorG1: bytesToBase64url(factorG1), factorR: bytesToBase64url(factorR) }
}

export function decodeKnowledge(proof: { readonly factorG1: string; readonly factorR: string } | undefined): KnowledgeProof {
  if (proof === undefined) throw new ProofError('ERR_PROOF_CEREMONY', 'ceremony: a proof of knowledge is missing')
  return { factorG1: base64urlToBytes(proof.factorG1), factorR: base64urlToBytes(proof.factorR) }
}
