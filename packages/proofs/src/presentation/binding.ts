import { type ScriptHash, scriptHashToBytes } from '@hufu/ledger'
import { ByteWriter, bytesToBase64url, canonicalJsonBytes, concatBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { hashToScalar, type Scalar, scalarToBytes } from '../field/scalar-field.ts'
import type { CompiledStatement } from '../statement/compile-statement.ts'

/** What a presentation answers: it is bound to all of it. */
export interface Challenge {
  /** DID of the verifier. */
  readonly verifier: string
  /** Fresh from the verifier, and never used before; 1 to 128 characters. */
  readonly nonce: string
  /** Hash or name of a transaction that the presentation is for, if it is for one. */
  readonly transaction?: string
}

/**
 * The scope of a presentation: nullifiers of one holder are the same in the same scope, and unrelated in different ones.
 *
 * Without a pseudonym the scope is that of this one commitment. Were it made of the verifier's nonce, a verifier that gives a nonce twice would know its people again.
 *
 * @param commitment - of the same presentation
 */
export function presentationScope({ statement, event }: CompiledStatement, verifier: string, commitment: Scalar): Scalar {
  const { pseudonym } = statement
  const parts =
    pseudonym === 'none'
      ? ['hufu:scope:once', verifier, bytesToBase64url(scalarToBytes(commitment))]
      : ['hufu:scope', verifier, pseudonym.purpose, event ?? null]
  return hashToScalar(canonicalJsonBytes(parts))
}

/**
 * The context of a presentation: what its proofs are bound to.
 *
 * @param oneTimeKey - where SHOW is made ahead: compressed P-256 point that signs the nonce instead, which is empty here
 */
export function presentationContext({ verifier, nonce, transaction }: Challenge, oneTimeKey?: Uint8Array): Scalar {
  const key = oneTimeKey === undefined ? null : bytesToBase64url(oneTimeKey)
  return hashToScalar(canonicalJsonBytes(['hufu:context', verifier, oneTimeKey === undefined ? nonce : '', transaction ?? null, key]))
}

/** What a one-time key signs at the tap. */
export function tapMessage({ verifier, nonce }: Challenge): Uint8Array<ArrayBuffer> {
  return canonicalJsonBytes(['hufu:tap', verifier, nonce])
}

/** Scope of a right that is spent on the ledger. @param event - 0 to 2³² − 1 */
export function ledgerScope(verifier: ScriptHash, purpose: string, event: number): Scalar {
  const eventBytes = new Uint8Array(4)
  new DataView(eventBytes.buffer).setUint32(0, event)
  return hashToScalar(concatBytes(utf8ToBytes('hufu:scope:ledger'), scriptHashToBytes(verifier), sha256(utf8ToBytes(purpose)), eventBytes))
}

/** Context of a presentation to the contract `proofs`. @param nonce - 32 bytes */
export function ledgerContext(options: {
  readonly networkMagic: number
  readonly contract: ScriptHash
  readonly verifier: ScriptHash
  readonly nonce: Uint8Array
}): Scalar {
  const { networkMagic, contract, verifier, nonce } = options
  if (nonce.length !== 32) throw new TypeError('nonce: expected 32 bytes')
  const writer = new ByteWriter().bytes(utf8ToBytes('hufu:context:ledger')).uint32(networkMagic)
  return hashToScalar(writer.bytes(scriptHashToBytes(contract)).bytes(scriptHashToBytes(verifier)).bytes(nonce).toBytes())
}
