/** New nodes of one level: `indices` ascending, 32 bytes each in `nodes`. */
export interface LevelChange {
  readonly indices: ArrayLike<number>
  readonly nodes: Uint8Array
}

/** What writing leaves makes of a tree, worked out ahead and not yet done. */
export interface TreeChange {
  /** Leaves afterwards. */
  readonly size: number
  /** Root afterwards. */
  readonly root: Uint8Array
  /** For each level from the leaves to the root. */
  readonly levels: readonly LevelChange[]
  /** How often the tree had been changed when this was worked out: it fits no other moment. */
  readonly version: number
}

/** What a change has overwritten: with it, the tree is still known as it was. */
export interface TreeUndo {
  /** Leaves before. */
  readonly size: number
  /** For each level from the leaves to the root, the nodes that were there before and are others now. */
  readonly levels: readonly ReadonlyMap<number, Uint8Array>[]
}
