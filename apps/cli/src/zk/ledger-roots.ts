import { join } from 'node:path'
import { accountOfDid, didOf, parseDid } from '@hufu/did'
import {
  epochRootFinder,
  type FindRoots,
  type PublishedRoots,
  pathInBucket,
  publishedRootsOf,
  type TreePath,
  type ZkCredential,
} from '@hufu/proofs'
import { openTrees, type Trees } from '@hufu/service'
import { ledgerTrustSource } from '@hufu/trust'
import { CliError } from '../errors.ts'
import type { Home } from '../home.ts'
import type { Session } from '../session.ts'

const bucketSize = 4_096
/** A first look at a long chain takes a while. */
const freshWithinMs = 120_000

/** Every credential tree of the ledger, rebuilt here: nobody learns which leaf is looked for. To be closed. */
export async function openLedgerTrees({ client, network }: Session, home: Home): Promise<Trees> {
  const trees = await openTrees({
    client,
    network,
    trust: ledgerTrustSource(client, network),
    folder: join(home.folder, 'trees'),
    freshWithinMs,
  })
  await trees.refresh()
  return trees
}

/** Finds the roots that a presentation names. */
export function ledgerRootFinder(trees: Trees, networkName: string): FindRoots {
  return epochRootFinder(
    (typeId, height) => trees.epochRoots(typeId, { height }),
    account => didOf(networkName, account),
  )
}

/**
 * The latest epoch's roots among which a credential's issuer is, and the path of the credential's leaf to the issuer's.
 *
 * @throws CliError `ERR_CLI_WALLET`: the credential is not in the roots of an epoch yet
 */
export async function pathOfCredential(
  trees: Trees,
  networkName: string,
  { credentialType, issuer, leafIndex }: Pick<ZkCredential, 'credentialType' | 'issuer' | 'leafIndex'>,
): Promise<{ readonly published: PublishedRoots; readonly path: TreePath }> {
  const key = { issuer: accountOfDid(parseDid(issuer)), typeId: credentialType }
  const epoch = await trees.epochRoots(credentialType, 'latest')
  const lists = epoch === null ? [] : publishedRootsOf(epoch, account => didOf(networkName, account))
  const published = lists.find(({ list }) => list.issuers.some(entry => entry.issuer === issuer))
  const rootIndex = published?.list.issuers.find(entry => entry.issuer === issuer)?.rootIndex
  const root = rootIndex === undefined ? null : await trees.rootAt(key, rootIndex)
  if (published === undefined || root === null || leafIndex >= root.size)
    throw new CliError('ERR_CLI_WALLET', 'the credential is on the ledger only from the next epoch on')
  const bucket = await trees.bucket(key, Math.floor(leafIndex / bucketSize), root.rootIndex)
  const followed = trees.followedTree(key)
  if (bucket === null || followed === undefined)
    throw new CliError('ERR_CLI_WALLET', 'the tree as it was at this epoch is not known any more')
  return { published, path: pathInBucket(bucket, leafIndex, followed.hasher) }
}
