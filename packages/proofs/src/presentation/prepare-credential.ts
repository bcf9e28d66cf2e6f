import { bytesToBase64url, canonicalJson, type Json } from '@hufu/primitives'
import type { AttributeLayout } from '../attributes/attribute-layout.ts'
import { credentialLeaf } from '../attributes/credential-leaf.ts'
import { type RandomSource, randomScalar } from '../attributes/random-scalar.ts'
import {
  memberOf,
  type Place,
  readBytes,
  readInteger,
  readJson,
  readList,
  readMembers,
  readScalar,
  readText,
} from '../attributes/read-json.ts'
import { leafContentOf, type ZkCredential } from '../attributes/zk-credential.ts'
import type { CircuitName } from '../circuit/circuit-names.ts'
import { type PrepareValues, preparedOpening, prepareInputs } from '../circuit/prepare-inputs.ts'
import type { CircuitInputs } from '../circuit/solve-witness.ts'
import { ProofError } from '../errors.ts'
import { type Scalar, scalarFromBytes, scalarToBytes } from '../field/scalar-field.ts'
import { proofSize } from '../groth16/proof-encoding.ts'
import { domains } from '../poseidon/domains.ts'
import { poseidon } from '../poseidon/poseidon.ts'
import { valueCount } from '../statement/compile-statement.ts'
import { leafOfPath } from '../tree/tree-bucket.ts'
import type { TreePath } from '../tree/tree-nodes.ts'
import { openingCommitment } from './circuit-values.ts'
import { type PublishedRoots, type RootList, readRootList } from './root-list.ts'

/** Makes proofs: `Prover`, or what stands for it in a test. */
export interface ProofMaker {
  prove(circuit: CircuitName, inputs: CircuitInputs): Promise<Uint8Array>
}

/** A proof made ahead that a credential stands in a tree, and the commitment that it is shown by: once, never again. */
export interface PreparedCredential {
  /** The commitment, in base64url: names this item. */
  readonly id: string
  /** Which of the wallet's credentials it is of; see {@link credentialId}. */
  readonly credentialId: string
  readonly roots: RootList
  readonly slots: readonly number[]
  /** Of the four slots. */
  readonly values: readonly Scalar[]
  readonly meta: Scalar
  /** Day number. */
  readonly expiry: number
  readonly opening: Scalar
  readonly commitment: Scalar
  readonly proof: Uint8Array
}

export interface PrepareOptions {
  readonly prover: ProofMaker
  readonly random: RandomSource
  readonly credential: ZkCredential
  readonly layout: AttributeLayout
  /** The wallet's. */
  readonly secret: Scalar
  /** The leaf's path to its issuer's root in the list. */
  readonly path: TreePath
  readonly published: PublishedRoots
  /** Four: those of the statement that it will be shown for. */
  readonly slots: readonly number[]
}

/** Names a credential within a wallet. It is never shown. */
export function credentialId({ issuer, credentialType, leafIndex }: ZkCredential): string {
  return `${issuer} ${credentialType} ${leafIndex}`
}

/**
 * Proves ahead that a credential stands in one of the listed trees.
 *
 * @throws ProofError `ERR_PROOF_UNSATISFIED`: revoked or suspended, the leaf is 0; `ERR_PROOF_TREE`: the path is that of another leaf; `ERR_PROOF_ROOT`: the
 *   path leads to none of the roots, or the list is of another type; `ERR_PROOF_ATTRIBUTE`: claims that do not fit; and whatever the prover throws
 */
export async function prepareCredential(options: PrepareOptions): Promise<PreparedCredential> {
  const { prover, random, credential, layout, secret, path, published, slots } = options
  if (slots.length !== valueCount) throw new TypeError(`slots: expected ${valueCount}`)
  const content = leafContentOf(credential, layout, secret)
  checkPath(credential, credentialLeaf(content), path)
  checkRoot(credential, path, published)

  const values: PrepareValues = {
    ...content,
    secret,
    blinding: credential.blinding,
    path,
    roots: published.roots,
    slots,
    opening: randomScalar(random),
  }
  const opened = preparedOpening(values)
  const commitment = openingCommitment(opened)
  return {
    id: bytesToBase64url(scalarToBytes(commitment)),
    credentialId: credentialId(credential),
    roots: published.list,
    slots,
    values: opened.values,
    meta: opened.meta,
    expiry: opened.expiry,
    opening: opened.opening,
    commitment,
    proof: await prover.prove('prepare', prepareInputs(values)),
  }
}

function checkPath({ leafIndex }: ZkCredential, leaf: Scalar, path: TreePath): void {
  const there = scalarFromBytes(leafOfPath(path))
  if (path.index === leafIndex && there === 0n)
    throw new ProofError('ERR_PROOF_UNSATISFIED', 'credential: revoked or suspended, its leaf is empty')
  if (path.index !== leafIndex || there !== leaf) throw new ProofError('ERR_PROOF_TREE', "path: expected that of the credential's leaf")
}

function checkRoot({ issuer, credentialType }: ZkCredential, path: TreePath, { list, roots }: PublishedRoots): void {
  const place = list.issuers.findIndex(entry => entry.issuer === issuer)
  if (list.credentialType !== credentialType || place < 0 || roots.length !== list.issuers.length)
    throw new ProofError('ERR_PROOF_ROOT', "roots: expected a list with the credential's type and issuer, and a root for each issuer")
  const top = path.levels.at(-1)!
  const children = Array.from({ length: 8 }, (_, index) => scalarFromBytes(top.subarray(32 * index, 32 * index + 32)))
  if (poseidon(domains.node, children) !== roots[place])
    throw new ProofError('ERR_PROOF_ROOT', "path: expected to lead to the issuer's root")
}

/** The text of a prepared item, for a wallet's store. */
export function writePrepared({ values, meta, opening, commitment, proof, id: _, ...rest }: PreparedCredential): string {
  const text = (scalar: Scalar) => bytesToBase64url(scalarToBytes(scalar))
  return canonicalJson({
    ...rest,
    values: values.map(text),
    meta: text(meta),
    opening: text(opening),
    commitment: text(commitment),
    proof: bytesToBase64url(proof),
  })
}

/** Parses {@link writePrepared}'s text. @throws ProofError `ERR_PROOF_ENCODING`, `ERR_PROOF_SCALAR`, `ERR_PROOF_LIMIT` */
export function parsePrepared(text: string): PreparedCredential {
  const place: Place = { path: 'prepared', code: 'ERR_PROOF_ENCODING' }
  const json = readMembers(readJson(text, place, 16_384), place, {
    required: ['credentialId', 'roots', 'slots', 'values', 'meta', 'expiry', 'opening', 'commitment', 'proof'],
  })
  const four = (name: string) => readList(json[name], memberOf(place, name), valueCount, valueCount)
  const commitment = readScalar(json.commitment, memberOf(place, 'commitment'))
  return {
    id: json.commitment as string,
    credentialId: readText(json.credentialId, memberOf(place, 'credentialId'), 1, 512),
    roots: readRootList(json.roots, memberOf(place, 'roots')),
    slots: four('slots').map(slot => readInteger(slot, memberOf(place, 'slots'), 0, 15)),
    values: four('values').map((value: Json) => readScalar(value, memberOf(place, 'values'))),
    meta: readScalar(json.meta, memberOf(place, 'meta')),
    expiry: readInteger(json.expiry, memberOf(place, 'expiry'), 1, 2 ** 32 - 1),
    opening: readScalar(json.opening, memberOf(place, 'opening')),
    commitment,
    proof: readBytes(json.proof, memberOf(place, 'proof'), proofSize),
  }
}
