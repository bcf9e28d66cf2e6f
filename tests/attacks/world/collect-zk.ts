import { didOf } from '@hufu/did'
import { readZkDelivery } from '@hufu/exchange'
import { generateSigner } from '@hufu/keys'
import { randomBytes } from '@hufu/primitives'
import {
  createNodeHasher,
  createScalarEngine,
  holderCommitment,
  type ProofMaker,
  pathInBucket,
  publishedRootsOf,
  randomScalar,
  readAttributeLayout,
  treeReaderOverHttp,
  type ZkCredential,
} from '@hufu/proofs'
import { credentialTypes } from '@hufu/samples'
import { expect } from 'vitest'
import type { HeldZk } from '../../../apps/institution/src/verifier/wallet-fixture.ts'
import { type AttackedWorld, residentType } from './attacked-world.ts'
import type { AuthorizedWallet } from './resident.ts'

/** A zero-knowledge credential, once its leaf is in the tree. */
export async function collectZk(world: AttackedWorld, authorized: AuthorizedWallet, prover: ProofMaker): Promise<HeldZk> {
  const [hidden, blinding] = [randomScalar(randomBytes), randomScalar(randomBytes)]
  const commitment = holderCommitment(hidden, blinding)
  const asked = await authorized.collect(`${residentType}_zk`, [await generateSigner('P-256')], { holderCommitment: commitment })
  const { transactionId } = asked as { transactionId: string }
  let delivered: unknown
  await expect
    .poll(
      async () => {
        const got = await authorized.deferred(transactionId)
        delivered = 'credentials' in got ? got.credentials[0] : undefined
        return delivered
      },
      { timeout: 30_000, interval: 200 },
    )
    .toBeDefined()
  const credential = readZkDelivery(delivered as never, blinding)
  const layout = readAttributeLayout(credentialTypes[residentType])
  return { credential, layout, secret: hidden, prover, find: () => pathOf(world, credential) }
}

/** Where the leaf stands in the newest epoch, as a wallet asks for it. */
async function pathOf({ bank, network }: AttackedWorld, { leafIndex }: ZkCredential): ReturnType<HeldZk['find']> {
  const name = network.descriptor.name
  const reader = treeReaderOverHttp({ url: bank.url, network: name })
  const hasher = createNodeHasher(await createScalarEngine())
  for (let attempt = 0; attempt < 200; attempt++) {
    const epoch = await reader.epochRoots(residentType, 'latest')
    const published = epoch === null ? undefined : publishedRootsOf(epoch, account => didOf(name, account)).at(-1)
    const root = epoch?.lists.at(-1)?.find(({ issuer }) => didOf(name, issuer) === bank.did)
    if (published !== undefined && root !== undefined && leafIndex < root.root.size) {
      const key = { issuer: root.issuer, typeId: residentType }
      const bucket = await reader.bucket(key, Math.floor(leafIndex / 4_096), root.root.rootIndex)
      return { published, path: pathInBucket(bucket!, leafIndex, hasher) }
    }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error('the leaf is in no epoch')
}
