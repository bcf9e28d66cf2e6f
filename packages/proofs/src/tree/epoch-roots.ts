import { type ScriptHash, scriptHashToBytes } from '@hufu/ledger'
import { compareBytes } from '@hufu/primitives'
import type { TreeKey, TreeRoot } from './tree-root.ts'

/** The most roots of a list: PREPARE takes eight. */
export const rootsPerList = 8

/** An epoch: a span of time, and the first block whose time is in it. */
export interface Epoch {
  /** Time of the block, divided by the length of an epoch, rounded down. */
  readonly epoch: number
  /** The epoch's height. */
  readonly blockIndex: number
  readonly timeMs: number
}

/** The roots that count in an epoch, for one credential type: the same for everybody. */
export interface EpochRoots {
  readonly typeId: string
  readonly epoch: number
  /** The epoch's height: the roots are those after this block. */
  readonly height: number
  readonly timeMs: number
  /** Of accredited issuers whose root is right, in the order of their script hashes as they travel; up to eight a list. */
  readonly lists: readonly (readonly EpochRoot[])[]
}

/** An issuer's root in an epoch. */
export interface EpochRoot {
  readonly issuer: ScriptHash
  readonly root: TreeRoot
}

/** Whether an issuer may issue a credential type at a time, by the trust registry. */
export type IsAccredited = (issuer: ScriptHash, typeId: string, atMs: number) => Promise<boolean>

/** A tree's root as it stood after a block; undefined before the first. */
export function rootAtBlock(roots: readonly TreeRoot[], blockIndex: number): TreeRoot | undefined {
  let [low, high] = [0, roots.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (roots[middle]!.blockIndex <= blockIndex) low = middle + 1
    else high = middle
  }
  return roots[low - 1]
}

/** Puts together an epoch's lists. A false root does not count, nor any that the issuer had before. */
export async function epochRootsOf(
  { epoch, blockIndex, timeMs }: Epoch,
  typeId: string,
  trees: readonly { readonly key: TreeKey; readonly roots: readonly TreeRoot[] }[],
  isAccredited: IsAccredited,
): Promise<EpochRoots> {
  const entries: EpochRoot[] = []
  for (const { key, roots } of trees) {
    const root = key.typeId === typeId ? rootAtBlock(roots, blockIndex) : undefined
    if (root === undefined || root.fault !== undefined) continue
    if (await isAccredited(key.issuer, typeId, timeMs)) entries.push({ issuer: key.issuer, root })
  }
  entries.sort((left, right) => compareBytes(scriptHashToBytes(left.issuer), scriptHashToBytes(right.issuer)))
  const lists = Array.from({ length: Math.ceil(entries.length / rootsPerList) }, (_, list) =>
    entries.slice(list * rootsPerList, (list + 1) * rootsPerList),
  )
  return { typeId, epoch, height: blockIndex, timeMs, lists }
}
