import type { ScriptHash } from '@hufu/ledger'
import { scalarFromBytes } from '../field/scalar-field.ts'
import type { EpochRoot, EpochRoots } from '../tree/epoch-roots.ts'
import type { PublishedRoots, RootList } from './root-list.ts'
import type { FindRoots } from './verify-presentation.ts'

/** The DID of an account. */
export type DidOf = (account: ScriptHash) => string

/** An epoch's root lists as wallets use them: the same for everybody. */
export function publishedRootsOf({ typeId, height, lists }: EpochRoots, didOf: DidOf): readonly PublishedRoots[] {
  return lists.map(entries => ({
    list: { credentialType: typeId, height, issuers: entries.map(entry => nameOf(entry, didOf)) },
    roots: entries.map(({ root }) => scalarFromBytes(root.root)),
  }))
}

/**
 * Finds root lists among the epochs that a follower of the ledger knows. A list that is not the epoch's own, to the last issuer and in the same order, is not found.
 *
 * @param epochAt - an epoch's roots by its height; null if no epoch begins there
 */
export function epochRootFinder(epochAt: (typeId: string, height: number) => Promise<EpochRoots | null>, didOf: DidOf): FindRoots {
  return async list => {
    const epoch = await epochAt(list.credentialType, list.height)
    if (epoch === null || epoch.typeId !== list.credentialType || epoch.height !== list.height) return null
    const found = publishedRootsOf(epoch, didOf).find(published => isSame(published.list, list))
    return found === undefined
      ? null
      : { roots: found.roots, takenAtMs: epoch.timeMs, evidence: { epoch: epoch.epoch, blockIndex: epoch.height } }
  }
}

function nameOf({ issuer, root }: EpochRoot, didOf: DidOf): RootList['issuers'][number] {
  return { issuer: didOf(issuer), rootIndex: root.rootIndex }
}

function isSame(left: RootList, right: RootList): boolean {
  return (
    left.issuers.length === right.issuers.length &&
    left.issuers.every(({ issuer, rootIndex }, index) => {
      const other = right.issuers[index]!
      return issuer === other.issuer && rootIndex === other.rootIndex
    })
  )
}
