import { isSignatureValid, parsePublicKey } from '@hufu/keys'
import { base64ToBytes, bytesToBase64, canonicalJson, concatBytes, errorCode, hexToBytes } from '@hufu/primitives'
import type { ChainProof, Verdict } from '../adapter.ts'
import { ChainError } from '../errors.ts'
import type { NetworkId } from '../network-id.ts'
import { rawSignature } from './der-signature.ts'
import { type EndorsedTransaction, parseEndorsedTransaction } from './endorsed-transaction.ts'

/** An endorsing peer as it is pinned: whoever holds the key speaks for the organisation. */
export interface PinnedEndorser {
  readonly mspId: string
  /** P-256, compressed, 66 hexadecimal digits. */
  readonly publicKey: string
}

/** What is taken on trust of a Fabric channel: that fewer than `threshold` of the organisations of these peers lie together. */
export interface FabricTrust {
  readonly network: NetworkId
  readonly channel: string
  readonly chaincode: string
  readonly endorsers: readonly PinnedEndorser[]
  /** Different organisations that must have signed; two peers of one count once. */
  readonly threshold: number
}

/** Form of Fabric's proofs: `{ "transaction": "<base64 of common.Payload>" }`, a transaction that need not have been ordered. */
export const fabricProofFormat = 'fabric-endorsement/1'

const maxProofTextLength = 4_194_304

/** A transaction whose answer enough pinned organisations signed. */
export interface VerifiedTransaction extends EndorsedTransaction {
  /** The organisations that signed, sorted. */
  readonly endorsers: readonly string[]
}

/**
 * Checks a proof offline: that enough pinned organisations, each by itself, ran this question on this channel and signed this answer. Others'
 * signatures do not count. It proves what they found in their state when they were asked, not that it still is so, and of a call that writes not that
 * it was ordered.
 *
 * @throws ChainError `ERR_CHAIN_PROOF`: false, of another channel or chaincode, or signed by too few; `ERR_CHAIN_NETWORK`: of another network
 */
export async function verifyFabricTransaction(proof: ChainProof, trust: FabricTrust): Promise<VerifiedTransaction> {
  requireThreshold(trust)
  if (proof.network !== trust.network) throw new ChainError('ERR_CHAIN_NETWORK', 'the proof is of another network')
  const transaction = parseEndorsedTransaction(parseEvidence(proof))
  if (transaction.channel !== trust.channel) throw new ChainError('ERR_CHAIN_PROOF', 'the proof is of another channel')
  if (transaction.chaincode !== trust.chaincode) throw new ChainError('ERR_CHAIN_PROOF', 'the proof is of another chaincode')
  const endorsers = await signingOrganisations(transaction, trust)
  if (endorsers.length < trust.threshold)
    throw new ChainError('ERR_CHAIN_PROOF', `expected the signatures of ${trust.threshold} of the pinned organisations`)
  return { ...transaction, endorsers }
}

/** As {@link verifyFabricTransaction}. @returns the answer, its path being the function and its arguments */
export async function verifyFabricProof(proof: ChainProof, trust: FabricTrust): Promise<Verdict> {
  return viewOf(await verifyFabricTransaction(proof, trust), trust)
}

/**
 * Makes sure that an answer is to the question that was just asked: a transaction's id comes of a nonce drawn for it, so an older answer has another.
 *
 * @throws ChainError `ERR_CHAIN_PROOF`
 */
export function requireAnswerTo(asked: Pick<EndorsedTransaction, 'transactionId' | 'call'>, answer: EndorsedTransaction): void {
  const isSame = answer.transactionId === asked.transactionId && canonicalJson(answer.call) === canonicalJson(asked.call)
  if (!isSame) throw new ChainError('ERR_CHAIN_PROOF', 'the gateway answered another question, or an earlier one')
}

/** A verified answer as every chain's adapter gives it. */
export function viewOf(transaction: VerifiedTransaction, { network }: Pick<FabricTrust, 'network'>): Verdict {
  const { chaincode, call, result, readHeight, endorsers } = transaction
  return {
    network,
    address: { contract: chaincode, path: call },
    value: result,
    height: readHeight,
    timeMs: null,
    assurance: { kind: 'endorsementProof', endorsers },
  }
}

export function fabricProofOf(network: NetworkId, payload: Uint8Array): ChainProof {
  return { format: fabricProofFormat, network, evidence: { transaction: bytesToBase64(payload) } }
}

async function signingOrganisations(
  { endorsements, signedPayload }: EndorsedTransaction,
  { endorsers }: FabricTrust,
): Promise<readonly string[]> {
  const organisations = new Set<string>()
  for (const { mspId, endorser, signature } of endorsements) {
    const raw = rawSignature(signature)
    if (raw === undefined) continue
    const message = concatBytes(signedPayload, endorser)
    for (const pinned of endorsers) {
      if (pinned.mspId !== mspId || organisations.has(mspId)) continue
      if (await isSignatureValid(keyOf(pinned), message, raw)) organisations.add(mspId)
    }
  }
  return [...organisations].sort()
}

function keyOf({ publicKey }: PinnedEndorser) {
  try {
    return parsePublicKey('P-256', hexToBytes(publicKey))
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause
    throw new TypeError('expected pinned keys of P-256, compressed, in hexadecimal', { cause })
  }
}

/** A threshold that cannot be met, or that nobody must meet, is a mistake of whoever pinned. */
function requireThreshold({ endorsers, threshold }: FabricTrust): void {
  const organisations = new Set(endorsers.map(({ mspId }) => mspId)).size
  if (!Number.isInteger(threshold) || threshold < 1 || threshold > organisations)
    throw new TypeError('expected a threshold from 1 to the number of pinned organisations')
}

function parseEvidence({ format, evidence }: ChainProof): Uint8Array {
  if (format !== fabricProofFormat) throw malformed()
  const { transaction, ...others } = (typeof evidence === 'object' && evidence !== null ? evidence : {}) as Record<string, unknown>
  if (typeof transaction !== 'string' || transaction.length > maxProofTextLength || Object.keys(others).length > 0) throw malformed()
  try {
    return base64ToBytes(transaction)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
    throw malformed()
  }
}

function malformed(): ChainError {
  return new ChainError('ERR_CHAIN_PROOF', `expected evidence of the form ${fabricProofFormat}`)
}
