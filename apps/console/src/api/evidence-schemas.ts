import Type, { type Static, type TSchema } from 'typebox'
import { closed, oneOf } from './closed.ts'

/** Proof of one storage entry, for `verifyProofBundle` of @hufu/ledger: docs/light-client.md. */
const BundleSchema = closed({
  version: Type.Literal(1),
  magic: Type.Integer(),
  contractId: Type.Integer(),
  key: Type.String(),
  headers: Type.Array(Type.String()),
  proof: Type.String(),
})

/** What nodes say that cannot be proven, and which of them agree. */
const ToldSchema = closed({
  /** `absent`: that there is no such entry; `outcome`: how a transaction ran, and its notifications. */
  what: oneOf('absent', 'outcome'),
  /** Names of validators. */
  agree: Type.Array(Type.String()),
  differ: Type.Array(Type.String()),
  silent: Type.Array(Type.String()),
})

/**
 * What it takes to check an answer without trusting this server: `checkEvidence` does it, in a browser too. An answer needs some of it, the rest is empty.
 */
export const EvidenceSchema = closed({
  /** Storage entries that the answer follows from, all as of the same block. */
  entries: Type.Array(
    closed({
      contract: oneOf('identifiers', 'trust', 'status', 'proofs', 'council', 'gateway', 'titles'),
      /** Storage key, base64: the contract's doc.go says what stands under it. */
      key: Type.String(),
      bundle: BundleSchema,
    }),
  ),
  /** Headers in base64 that lead from the first block's validators to the block that the answer is about, which is the last one. */
  headers: Type.Array(Type.String()),
  /** The transaction in base64, with its place in the block and the hashes beside its way to the header's Merkle root (hexadecimal, as displayed). */
  transaction: Type.Optional(closed({ bytes: Type.String(), index: Type.Integer(), siblings: Type.Array(Type.String()) })),
  told: Type.Array(ToldSchema),
  /** The block after which this was so, and the time of the header that proves it; null where nothing is proven. */
  asOf: Type.Union([closed({ blockIndex: Type.Integer(), timeMs: Type.Number() }), Type.Null()]),
  /** Nodes whose evidence was false when this was asked for: they lied to this server. */
  liars: Type.Array(Type.String()),
})
export type Evidence = Static<typeof EvidenceSchema>
export type ToldEvidence = Static<typeof ToldSchema>

/** An answer of the explorer: what it says, and what proves it. */
export function answerSchema<Kind extends string, Shown extends TSchema>(kind: Kind, shown: Shown) {
  return closed({ kind: Type.Literal(kind), shown, evidence: EvidenceSchema })
}
