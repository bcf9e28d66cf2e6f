import { PlatformError } from '@hufu/primitives'

export type ProofErrorCode =
  // Malformed input
  | 'ERR_PROOF_ENCODING'
  | 'ERR_PROOF_POINT'
  | 'ERR_PROOF_SCALAR'
  | 'ERR_PROOF_KEY'
  | 'ERR_PROOF_CIRCUIT'
  | 'ERR_PROOF_INPUT'
  | 'ERR_PROOF_ATTRIBUTE'
  | 'ERR_PROOF_STATEMENT'
  | 'ERR_PROOF_LIMIT'
  // What a proof fails
  | 'ERR_PROOF_INVALID'
  | 'ERR_PROOF_UNSATISFIED'
  | 'ERR_PROOF_VERIFIER'
  | 'ERR_PROOF_NONCE'
  | 'ERR_PROOF_SCOPE'
  | 'ERR_PROOF_TRANSACTION'
  | 'ERR_PROOF_ONE_TIME_KEY'
  | 'ERR_PROOF_TYPE'
  | 'ERR_PROOF_DATE'
  | 'ERR_PROOF_ROOT'
  | 'ERR_PROOF_ROOT_AGE'
  | 'ERR_PROOF_REPLAYED'
  | 'ERR_PROOF_SPENT'
  | 'ERR_PROOF_LOOKUP'
  | 'ERR_PROOF_KEY_DEVELOPMENT'
  // Trees
  | 'ERR_PROOF_TREE'
  | 'ERR_PROOF_TREE_ROOT'
  | 'ERR_PROOF_TREE_FULL'
  // Ceremony
  | 'ERR_PROOF_CEREMONY'
  // Work in the background
  | 'ERR_PROOF_CANCELLED'
  | 'ERR_PROOF_WORKER'
  | 'ERR_PROOF_UNSUPPORTED'

/** A proof, a key, a statement or a tree that was refused. */
export class ProofError extends PlatformError<ProofErrorCode> {}
