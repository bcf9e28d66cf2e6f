import { statusFaults } from '@hufu/bindings'
import type { Moment, ObjectModel } from '../history.ts'

/** A credential tree with every root that it had, the first at position 0. Leaves and roots in hexadecimal. */
export interface TreeState {
  readonly leaves: readonly string[]
  readonly roots: readonly (Moment & { readonly size: number; readonly root: string })[]
  /** Whether the latest root is that of the leaves. */
  readonly isRight: boolean
  /** What was written before, as far back as two writers may miss each other. */
  readonly before: readonly (readonly string[])[]
}

export type TreeAction =
  | { readonly method: 'append'; readonly firstIndex: number; readonly leaves: readonly string[]; readonly root: string }
  | { readonly method: 'set'; readonly indices: readonly number[]; readonly leaves: readonly string[]; readonly root: string }

/** The root that is asked for; 0 stands for the latest. */
export type TreeQuestion = number

export const noTree: TreeState = { leaves: [], roots: [], isRight: true, before: [] }

const mostBefore = 8

/**
 * A credential tree: grows at its end only for who knows its size; leaves are overwritten, to revoke. Its issuer works the roots out, so one may be false
 * where two writers missed each other: then it is that of what one of them saw, and another follows that is right.
 *
 * @param rootOf - the root of leaves, all in hexadecimal
 */
export function treeModel(rootOf: (leaves: readonly string[]) => string): ObjectModel<TreeState, TreeAction, TreeQuestion> {
  return {
    apply(state, action, { blockIndex, timeMs }) {
      if (!fits(state.leaves, action)) return { refusal: action.method === 'append' ? statusFaults.size : statusFaults.integer }
      const leaves = written(state.leaves, action)
      const isRight = rootOf(leaves) === action.root
      if (!isRight && !state.before.some(seen => fits(seen, action) && rootOf(written(seen, action)) === action.root))
        return { refusal: 'a root of nothing' }
      const rootIndex = state.roots.length + 1
      const next = {
        leaves,
        roots: [...state.roots, { size: leaves.length, root: action.root, blockIndex, timeMs }],
        isRight,
        before: [...state.before, state.leaves].slice(-mostBefore),
      }
      return { next, said: [...leavesSaid(action), `root ${rootIndex} ${leaves.length} ${action.root}`].join('; ') }
    },
    answer({ roots }, asked) {
      const rootIndex = asked === 0 ? roots.length : asked
      const found = roots[rootIndex - 1]
      return found === undefined ? 'none' : `${rootIndex} ${found.size} ${found.root} ${found.timeMs} ${found.blockIndex}`
    },
    fault: ({ isRight }) => (isRight ? undefined : 'the last root is not that of the leaves'),
  }
}

function fits(leaves: readonly string[], action: TreeAction): boolean {
  return action.method === 'append' ? action.firstIndex === leaves.length : action.indices.every(index => index < leaves.length)
}

function written(leaves: readonly string[], action: TreeAction): readonly string[] {
  if (action.method === 'append') return [...leaves, ...action.leaves]
  const next = [...leaves]
  for (const [position, index] of action.indices.entries()) next[index] = action.leaves[position]!
  return next
}

function leavesSaid(action: TreeAction): readonly string[] {
  if (action.method === 'append') return [`leaves ${action.firstIndex} ${action.leaves.join('')}`]
  return action.indices.map((index, position) => `leaves ${index} ${action.leaves[position]}`)
}
