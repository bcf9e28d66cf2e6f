import type { NodeConsensus } from './fleet.ts'

/**
 * Whether consensus on the next block can go on no more (neo-go #2552).
 *
 * A validator that sent its commit in a view stays there until the block is made; one that went on to a later view never comes back to an earlier one.
 * A view can make the block only if a quorum is, or may still come, there: those who committed in it, and those without a commit whose view is not
 * later. If no view has so many, none ever will: only a restart of all, which makes them forget the round, lets the chain go on.
 *
 * Within one height, views only grow and commits stay. So an older reading of a node can only hide a lock, never feign one.
 *
 * @param states - of every validator; null where nothing is known, and such a one is taken to be of use to any view
 * @param quorum - validators that must commit in one view
 */
export function isLocked(states: readonly (NodeConsensus | null)[], quorum: number): boolean {
  const known = states.filter(state => state !== null)
  if (known.length === 0) return false
  const height = Math.max(...known.map(state => state.height))
  const working = known.filter(state => state.height === height)
  const unknown = states.length - working.length
  const views = new Set(working.map(state => state.view))
  views.add(Math.max(...views) + 1)
  return [...views].every(view => unknown + working.filter(state => mayCommitIn(state, view)).length < quorum)
}

function mayCommitIn({ view: current, committedView }: NodeConsensus, view: number): boolean {
  return committedView === null ? current <= view : committedView === view
}
