import { bytesToHex, concatBytes, hmacSha256, type Json, randomBytes, utf8ToBytes } from '@hufu/primitives'
import { readAttributeLayout } from '../attributes/attribute-layout.ts'
import { type RandomSource, randomScalar } from '../attributes/random-scalar.ts'
import { leafOfCredential, type ZkCredential } from '../attributes/zk-credential.ts'
import type { CircuitInputs } from '../circuit/solve-witness.ts'
import { type Scalar, scalarFromBytes, scalarToBytes } from '../field/scalar-field.ts'
import { encodePublicInputs } from '../groth16/proof-encoding.ts'
import { poseidon } from '../poseidon/poseidon.ts'
import { type CompiledStatement, compileStatement } from '../statement/compile-statement.ts'
import type { Condition, Statement } from '../statement/statement.ts'
import { CredentialTree } from '../tree/credential-tree.ts'
import { createNodeHasher } from '../tree/node-hasher.ts'
import type { CheckProofs } from './check-proofs.ts'
import { checkByModel } from './circuit-model-fixture.ts'
import { type PreparedCredential, type ProofMaker, prepareCredential } from './prepare-credential.ts'
import { presentCredential } from './present-credential.ts'
import { MemoryReplayStore } from './replay-store.ts'
import type { PublishedRoots } from './root-list.ts'
import type { FindRoots, PresentationPolicy } from './verify-presentation.ts'

/** 2026-11-23T04:00:00Z, noon in China, when every test takes place. */
export const nowMs = 1_795_406_400_000
export const today = '2026-11-23'
export const verifier = 'did:neo:pilot:NbTiM6h8r99kpRtb428XcsUk1TzKed2gTc'
export const issuers = ['did:neo:pilot:NXV7ZhHiyM1aHXwpVsRZC6BwNFP2jghXAq', 'did:neo:pilot:NNLi44dJNXtDNSBkofB48aTVYtb1zZrNEs'] as const
export const height = 1200
export const random: RandomSource = randomBytes

/** A type with a claim of each encoding. */
export const residentType = 'urn:hufu:resident'
export const concessionType = 'urn:hufu:transport-concession'

const title = 'x'
export const residentLayout = readAttributeLayout({
  type: 'object',
  properties: {
    name: { title, type: 'string', 'x-slot': 1, 'x-encoding': 'text' },
    sex: { title, enum: ['1', '2'], 'x-slot': 3, 'x-encoding': 'choice' },
    birth_date: { title, type: 'string', format: 'date', 'x-slot': 4, 'x-encoding': 'days' },
    city_code: { title, type: 'string', 'x-slot': 5, 'x-encoding': 'number' },
  },
})
export const concessionLayout = readAttributeLayout({
  type: 'object',
  properties: {
    fare_percent: { title, type: 'integer', 'x-slot': 1, 'x-encoding': 'number' },
    city_code: { title, type: 'string', 'x-slot': 2, 'x-encoding': 'number' },
  },
})

/** Proofs that are none: 160 random bytes and a code over circuit, public inputs and these. Nobody but this file can make them. */
const fakeKey = randomBytes(32)
const seedSize = 160

function fakeProof(circuit: string, publicInputs: readonly Scalar[], seed: Uint8Array): Uint8Array {
  return concatBytes(seed, hmacSha256(fakeKey, concatBytes(utf8ToBytes(circuit), encodePublicInputs(publicInputs), seed)))
}

/** Proves what the model of the circuits finds true. */
export const fakeProver: ProofMaker = {
  prove: async (circuit: Parameters<ProofMaker['prove']>[0], inputs: CircuitInputs) =>
    fakeProof(circuit, checkByModel(circuit, inputs), randomBytes(seedSize)),
}

export const checkFakeProofs: CheckProofs = async proofs =>
  proofs.map(({ circuit, proof, publicInputs }) =>
    bytesToHex(fakeProof(circuit, publicInputs, proof.subarray(0, seedSize))) === bytesToHex(proof) ? undefined : 'ERR_PROOF_INVALID',
  )

const hasher = createNodeHasher({
  poseidonBatch: (domain, count, inputs) => {
    const size = 32 * count
    const hashes = Array.from({ length: inputs.length / size }, (_, index) => {
      const start = index * size
      const scalars = Array.from({ length: count }, (_, place) =>
        scalarFromBytes(inputs.subarray(start + 32 * place, start + 32 * place + 32)),
      )
      return scalarToBytes(poseidon(domain, scalars))
    })
    return concatBytes(...hashes)
  },
})

/** A holder's wallet with credentials of one type. */
export interface Holder {
  readonly secret: Scalar
  readonly credential: ZkCredential
}

/** Trees of two issuers with the credentials of some holders, and the roots as a ledger would tell them. */
export class World {
  readonly credentialType: string
  readonly trees = issuers.map(() => new CredentialTree(hasher))
  takenAtMs = nowMs - 60_000
  height = height

  constructor(credentialType: string = residentType) {
    this.credentialType = credentialType
  }

  /** Issues a credential. */
  issue(secret: Scalar, claims: Readonly<Record<string, Json>>, options: { issuer?: 0 | 1; expires?: string } = {}): Holder {
    const { issuer = 0, expires = '2036-11-01' } = options
    const tree = this.trees[issuer]!
    const credential: ZkCredential = {
      credentialType: this.credentialType,
      schemaVersion: 1,
      issuer: issuers[issuer],
      claims,
      leafIndex: tree.size,
      expires,
      salt: randomScalar(random),
      blinding: randomScalar(random),
    }
    tree.append(scalarToBytes(leafOfCredential(credential, layoutOf(this.credentialType), secret)))
    return { secret, credential }
  }

  /** Sets a credential's leaf to 0. */
  revoke({ credential }: Holder): void {
    this.trees[credential.issuer === issuers[0] ? 0 : 1]!.setLeaves([credential.leafIndex], new Uint8Array(32))
  }

  get published(): PublishedRoots {
    return {
      list: {
        credentialType: this.credentialType,
        height: this.height,
        issuers: issuers.map((issuer, index) => ({ issuer, rootIndex: this.trees[index]!.size })),
      },
      roots: this.trees.map(tree => scalarFromBytes(tree.root)),
    }
  }

  /** What the ledger answers: just the list of now. */
  get findRoots(): FindRoots {
    const { list, roots } = this.published
    const { takenAtMs } = this
    return async asked =>
      JSON.stringify(asked) === JSON.stringify(list) ? { roots, takenAtMs, evidence: { blockIndex: list.height } } : null
  }

  prepare({ secret, credential }: Holder, statement: CompiledStatement, prover: ProofMaker = fakeProver): Promise<PreparedCredential> {
    const path = this.trees[credential.issuer === issuers[0] ? 0 : 1]!.path(credential.leafIndex)
    const layout = layoutOf(credential.credentialType)
    return prepareCredential({ prover, random, credential, layout, secret, path, published: this.published, slots: statement.slots })
  }
}

export function layoutOf(credentialType: string) {
  return credentialType === residentType ? residentLayout : concessionLayout
}

export function newSecret(): Scalar {
  return randomScalar(random)
}

export const adultInCity: readonly Condition[] = [
  { claim: 'birth_date', ageAtLeast: 18 },
  { claim: 'city_code', in: ['990100', '990200'] },
]

export function statementOf(where: readonly Condition[] = adultInCity, changes: Partial<Statement> = {}): Statement {
  return { credentialType: residentType, where, pseudonym: 'none', maxRootAgeSeconds: 600, ...changes }
}

export function compiled(statement: Statement, day = today, first: readonly string[] = []): CompiledStatement {
  return compileStatement(statement, layoutOf(statement.credentialType), { today: day, first })
}

let nonces = 0

export function freshNonce(): string {
  return `nonce-${nonces++}`
}

/** A verifier to which the ledger of a world answers. */
export function policyOf(world: World, nonce: string, statement: Statement, changes: Partial<PresentationPolicy> = {}): PresentationPolicy {
  return {
    challenge: { verifier, nonce },
    ask: { statement, layout: layoutOf(statement.credentialType) },
    findRoots: world.findRoots,
    checkProofs: checkFakeProofs,
    replay: new MemoryReplayStore(() => nowMs),
    clock: { nowMs: () => nowMs },
    ...changes,
  }
}

/** Prepares and presents a credential to the verifier. */
export async function present(world: World, holder: Holder, nonce: string, statement: Statement, day = today): Promise<string> {
  const asked = compiled(statement, day)
  const prepared = await world.prepare(holder, asked)
  return presentCredential({
    prover: fakeProver,
    secret: holder.secret,
    challenge: { verifier, nonce },
    show: { credential: holder.credential, prepared, statement: asked },
  })
}
