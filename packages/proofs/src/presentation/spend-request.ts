import type { ScriptHash } from '@hufu/ledger'
import { concatBytes } from '@hufu/primitives'
import type { ZkCredential } from '../attributes/zk-credential.ts'
import { ProofError } from '../errors.ts'
import { type Scalar, scalarToBytes } from '../field/scalar-field.ts'
import { encodePublicInputs } from '../groth16/proof-encoding.ts'
import { type CompiledStatement, predicatesOf } from '../statement/compile-statement.ts'
import { askedNumbers } from '../statement/predicate.ts'
import { ledgerContext, ledgerScope } from './binding.ts'
import type { PreparedCredential, ProofMaker } from './prepare-credential.ts'
import { checkPrepared, proveShow } from './present-credential.ts'
import type { RootList } from './root-list.ts'

/** What a verifier asks that spends the right on the ledger, with the contract `proofs`. */
export interface LedgerChallenge {
  readonly networkMagic: number
  /** Of the contract `proofs`. */
  readonly contract: ScriptHash
  /** Account that the verifier's DID names. */
  readonly verifier: ScriptHash
  /** 32 bytes, fresh. */
  readonly nonce: Uint8Array
}

/** What a wallet gives such a verifier: arguments of the method `spend` that are the wallet's, scalars as 32 bytes. */
export interface SpendRequest {
  /** Which roots; the root set made of them must stand on the ledger. */
  readonly roots: RootList
  readonly commitment: Uint8Array
  readonly meta: Uint8Array
  /** Day number. */
  readonly today: number
  readonly event: number
  readonly purpose: string
  readonly nullifier: Uint8Array
  /** 48 scalars, as the verifier makes them too. */
  readonly predicates: Uint8Array
  /** PREPARE ‖ SHOW. */
  readonly proofs: Uint8Array
}

/**
 * Presents a credential to be spent on the ledger. Everybody can read what is spent, so nothing may be disclosed.
 *
 * @throws ProofError `ERR_PROOF_STATEMENT`: it discloses something, or has no pseudonym with an event; and as `presentCredential`
 */
export async function presentToLedger(options: {
  readonly prover: ProofMaker
  readonly secret: Scalar
  readonly credential: ZkCredential
  readonly prepared: PreparedCredential
  readonly statement: CompiledStatement
  readonly challenge: LedgerChallenge
}): Promise<SpendRequest> {
  const { prover, secret, credential, prepared, statement, challenge } = options
  const { purpose, event, predicates } = spendTerms(statement)
  checkPrepared(credential, prepared, statement)
  const scope = ledgerScope(challenge.verifier, purpose, event)
  const context = ledgerContext(challenge)
  const { nullifier, show } = await proveShow({ prover, secret, prepared, statement, disclosed: {}, scope, context })
  return {
    roots: prepared.roots,
    commitment: scalarToBytes(prepared.commitment),
    meta: scalarToBytes(statement.meta),
    today: statement.todayNumber,
    event,
    purpose,
    nullifier: scalarToBytes(nullifier),
    predicates,
    proofs: concatBytes(prepared.proof, show),
  }
}

/**
 * What a verifier gives the method `spend` of its own: it makes purpose, event and predicates from its statement, never takes them from the wallet.
 *
 * @throws ProofError `ERR_PROOF_STATEMENT`: it discloses something, or has no pseudonym with an event
 */
export function spendTerms(statement: CompiledStatement): {
  readonly purpose: string
  readonly event: number
  readonly predicates: Uint8Array
} {
  const { pseudonym } = statement.statement
  const { event, claims } = statement
  if (pseudonym === 'none' || event === undefined)
    throw new ProofError('ERR_PROOF_STATEMENT', 'statement: expected a pseudonym with an event, to be spent on the ledger')
  if (claims.some(({ disclosed }) => disclosed))
    throw new ProofError('ERR_PROOF_STATEMENT', 'statement: expected nothing to be disclosed, for everybody can read the ledger')
  return { purpose: pseudonym.purpose, event, predicates: encodePublicInputs(predicatesOf(statement, {}).flatMap(askedNumbers)) }
}
