import type { ScriptHash } from '@hufu/ledger'

/** Which tree: there is one for each issuer and credential type. */
export interface TreeKey {
  readonly issuer: ScriptHash
  readonly typeId: string
}

/** A root that an issuer has published. */
export interface TreeRoot {
  /** Position in the tree's history, from 1. */
  readonly rootIndex: number
  /** Leaves written by then. */
  readonly size: number
  /** 32 bytes, little-endian, as published. */
  readonly root: Uint8Array
  readonly timeMs: number
  readonly blockIndex: number
  /** What is wrong with it; undefined where the leaves on the ledger give this root. */
  readonly fault?: TreeFault
}

/** Why a published root does not count. */
export interface TreeFault {
  /** `root`: the leaves give another; `leaf`: a leaf is no scalar; `size`: the tree has other leaves than the ledger says. */
  readonly reason: 'root' | 'leaf' | 'size'
  /** The root that the leaves give; one that is no scalar counts as 0. */
  readonly expected: Uint8Array
}

/** An issuer has published a root that is false: the record that is kept of it. */
export interface TreeAlarm extends TreeKey {
  readonly rootIndex: number
  readonly blockIndex: number
  readonly timeMs: number
  readonly reason: TreeFault['reason']
  readonly expected: Uint8Array
  readonly published: Uint8Array
}

/** A tree's name in files and maps: the issuer's script hash and the credential type's identifier. */
export function treeName({ issuer, typeId }: TreeKey): string {
  return `${issuer} ${typeId}`
}
