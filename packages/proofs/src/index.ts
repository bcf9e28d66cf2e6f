export {
  type Attribute,
  type AttributeEncoding,
  type AttributeLayout,
  attributeOf,
  readAttributeLayout,
} from './attributes/attribute-layout.ts'
export {
  attributesHash,
  checkLeaf,
  credentialLeaf,
  credentialTypeScalar,
  holderCommitment,
  type LeafContent,
} from './attributes/credential-leaf.ts'
export { dayNumber, dayOfNumber } from './attributes/day-number.ts'
export { decodeAttribute, encodeAttribute, encodeAttributes } from './attributes/encode-attribute.ts'
export { type RandomSource, randomScalar } from './attributes/random-scalar.ts'
export {
  leafContentOf,
  leafOfCredential,
  parseZkCredential,
  writeZkCredential,
  type ZkCredential,
  zkFormat,
} from './attributes/zk-credential.ts'
export {
  type Ceremony,
  type CeremonyCircuit,
  type CeremonyTools,
  checkCeremony,
  closePhase,
  contribute,
  startCeremony,
  type Turn,
  turnOf,
} from './ceremony/ceremony.ts'
export { ceremonyKeys } from './ceremony/ceremony-keys.ts'
export type { CircuitPhase } from './ceremony/circuit-phase.ts'
export { parseTranscript } from './ceremony/parse-transcript.ts'
export { initialPowers, type PowersOfTau } from './ceremony/powers-of-tau.ts'
export { decodeCircuitPhase, decodePowers, encodeCircuitPhase, encodePowers } from './ceremony/state-bytes.ts'
export { type Transcript, transcriptHash } from './ceremony/transcript.ts'
export type { Circuit, CircuitInput, SparseRows } from './circuit/circuit.ts'
export { type CircuitName, circuitNames } from './circuit/circuit-names.ts'
export { pairInputs } from './circuit/pair-inputs.ts'
export { circuitFileHeader, parseCircuit } from './circuit/parse-circuit.ts'
export { type PrepareValues, preparedOpening, prepareInputs } from './circuit/prepare-inputs.ts'
export { showInputs } from './circuit/show-inputs.ts'
export { type CircuitInputs, type Solution, solveWitness } from './circuit/solve-witness.ts'
export { ProofError, type ProofErrorCode } from './errors.ts'
export { domainSizeOf } from './field/evaluation-domain.ts'
export { invertScalar } from './field/invert-scalar.ts'
export { createScalarEngine, type ScalarEngine } from './field/scalar-engine.ts'
export { hashToScalar, type Scalar, scalarFromBytes, scalarModulus, scalarSize, scalarToBytes } from './field/scalar-field.ts'
export { scalarsToBytes } from './field/scalar-vector.ts'
export { type CreateVerifierOptions, createVerifier, type ProofVerifier } from './groth16/create-verifier.ts'
export { type G1Point, type G2Point, g1Generator, g2Generator, parseG1, parseG2 } from './groth16/curve-point.ts'
export type { ProofClaim } from './groth16/fast-verifier.ts'
export { writeG1, writeG2 } from './groth16/point-encoding.ts'
export { encodeProof, encodePublicInputs, type Proof, parsePublicInputs, proofSize } from './groth16/proof-encoding.ts'
export { verifyGroth16Readable } from './groth16/verify-readable.ts'
export { checkKeyForNetwork, encodeVerifyingKey, parseVerifyingKey, type VerifyingKey } from './groth16/verifying-key.ts'
export { domains } from './poseidon/domains.ts'
export { poseidon } from './poseidon/poseidon.ts'
export { type PoseidonParameters, type PoseidonWidth, poseidonParameters } from './poseidon/poseidon-parameters.ts'
export {
  type Challenge,
  ledgerContext,
  ledgerScope,
  presentationContext,
  presentationScope,
} from './presentation/binding.ts'
export { type BatchVerifier, type CheckProofs, createProofChecker, type ProofToCheck } from './presentation/check-proofs.ts'
export {
  nullifierOf,
  type Opening,
  openingCommitment,
  pairPublicInputs,
  preparePublicInputs,
  type ShowInputs,
  showPublicInputs,
} from './presentation/circuit-values.ts'
export { type DidOf, epochRootFinder, publishedRootsOf } from './presentation/epoch-root-lists.ts'
export { type PreProvedItem, PreProvedPool } from './presentation/pre-proved-pool.ts'
export {
  credentialId,
  type PreparedCredential,
  type PrepareOptions,
  type ProofMaker,
  parsePrepared,
  prepareCredential,
  writePrepared,
} from './presentation/prepare-credential.ts'
export {
  MemoryOneUseStore,
  type OneUseStore,
  PreparedPool,
  type PreparedPoolOptions,
  type Wanted,
} from './presentation/prepared-pool.ts'
export {
  answerWithPreProved,
  type CredentialToPair,
  type CredentialToShow,
  type PreProvedPresentation,
  type PresentOptions,
  preProveCredential,
  presentCredential,
  proveShow,
} from './presentation/present-credential.ts'
export {
  maxPresentationLength,
  type Presentation,
  type PresentedCredential,
  parsePresentation,
  writePresentation,
} from './presentation/presentation.ts'
export {
  PresentationError,
  type PresentationEvidence,
  type PresentationReceipt,
  type PresentationRuleResult,
} from './presentation/presentation-receipt.ts'
export { type PresentationRule, presentationRules } from './presentation/presentation-rules.ts'
export { MemoryReplayStore, type OneUse, type ReplayStore } from './presentation/replay-store.ts'
export { type PublishedRoots, type RootList, rootSetOf } from './presentation/root-list.ts'
export { type LedgerChallenge, presentToLedger, type SpendRequest, spendTerms } from './presentation/spend-request.ts'
export {
  type AskedPair,
  type AskedStatement,
  type FindRoots,
  type FoundRoots,
  type PresentationPolicy,
  type VerifiedCredential,
  type VerifiedPresentation,
  verifyPresentation,
} from './presentation/verify-presentation.ts'
export type { Blinding } from './prover/blinding.ts'
export { developmentTrapdoor, type KeyPair, makeDevelopmentKeys } from './prover/development-keys.ts'
export { coefficientsOf, type KeyScalars, keyScalars, lagrangeAt, type Trapdoor } from './prover/key-scalars.ts'
export { type ProveOptions, Prover, type ProverOptions } from './prover/prover.ts'
export { encodeProvingKey, type ProvingKey, parseProvingKey } from './prover/proving-key.ts'
export { serveProver } from './prover/serve-prover.ts'
export type { CircuitFiles } from './prover/share-prover.ts'
export type { WorkerLike } from './prover/worker-calls.ts'
export { type AskedClaim, type CompiledStatement, checkSatisfied, compileStatement, predicatesOf } from './statement/compile-statement.ts'
export { type DescribeOptions, describeStatement, type Language, type StatementInWords } from './statement/describe-statement.ts'
export { askedNumbers, type Predicate, satisfies } from './statement/predicate.ts'
export { type ClaimValue, type Condition, type Pseudonym, parseStatement, type Statement } from './statement/statement.ts'
export {
  isZkCredentialQuery,
  parseZkCredentialQuery,
  writeZkCredentialQuery,
  type ZkCredentialQuery,
} from './statement/zk-credential-query.ts'
export { CredentialTree } from './tree/credential-tree.ts'
export { type Epoch, type EpochRoot, type EpochRoots, type IsAccredited, rootsPerList } from './tree/epoch-roots.ts'
export { FollowedTree } from './tree/followed-tree.ts'
export { createNodeHasher, type NodeHasher } from './tree/node-hasher.ts'
export { decodeBucket, encodeBucket, leafOfPath, pathInBucket, verifyBucket, verifyPath } from './tree/tree-bucket.ts'
export { falseRootsMetric, TreeFollower, type TreeFollowerOptions } from './tree/tree-follower.ts'
export { MemoryTreeLog, type TreeLog, type TreeLogEntry } from './tree/tree-log.ts'
export type { TreeBucket, TreeNodes, TreePath } from './tree/tree-nodes.ts'
export type { TreeReader } from './tree/tree-reader.ts'
export { type TreeNodeOptions, treeReaderOverHttp } from './tree/tree-reader-over-http.ts'
export type { TreeAlarm, TreeFault, TreeKey, TreeRoot } from './tree/tree-root.ts'
export type { StoredNodes, TreeSnapshot } from './tree/tree-snapshot.ts'
export { type TreeSource, TreeWriter, type TreeWriterOptions } from './tree/tree-writer.ts'
export { type CurveEngine, createCurveEngine } from './wasm/engine.ts'
