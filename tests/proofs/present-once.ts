import { createNodeProver } from '@hufu/circuits/node'
import { randomBytes } from '@hufu/primitives'
import {
  type AttributeLayout,
  CredentialTree,
  compileStatement,
  createNodeHasher,
  createScalarEngine,
  leafOfCredential,
  type PresentationPolicy,
  prepareCredential,
  presentCredential,
  randomScalar,
  type Statement,
  scalarFromBytes,
  scalarToBytes,
  type ZkCredential,
} from '@hufu/proofs'

/** What somebody shows, and to whom. */
export interface Showing {
  readonly statement: Statement
  readonly layout: AttributeLayout
  readonly issuer: string
  readonly claims: ZkCredential['claims']
  readonly challenge: PresentationPolicy['challenge']
  /** `2026-11-23` */
  readonly today: string
}

/** A new holder, alone in a tree of the issuer's, proves a statement. @returns the presentation, and the roots that it is of */
export async function presentOnce({ statement, layout, issuer, claims, challenge, today }: Showing) {
  const prover = createNodeProver()
  try {
    const secret = randomScalar(randomBytes)
    const credential: ZkCredential = {
      credentialType: statement.credentialType,
      schemaVersion: 1,
      issuer,
      claims,
      leafIndex: 0,
      expires: '2035-12-31',
      salt: randomScalar(randomBytes),
      blinding: randomScalar(randomBytes),
    }
    const tree = new CredentialTree(createNodeHasher(await createScalarEngine()))
    tree.append(scalarToBytes(leafOfCredential(credential, layout, secret)))
    const list = { credentialType: statement.credentialType, height: 1, issuers: [{ issuer, rootIndex: 1 }] }
    const published = { list, roots: [scalarFromBytes(tree.root)] }
    const compiled = compileStatement(statement, layout, { today })
    const { slots } = compiled
    const path = tree.path(0)
    const prepared = await prepareCredential({ prover, random: randomBytes, credential, layout, secret, path, published, slots })
    const text = await presentCredential({ prover, secret, challenge, show: { credential, prepared, statement: compiled } })
    return { text, published }
  } finally {
    prover.close()
  }
}
