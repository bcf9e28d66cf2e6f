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
  const known = states.filter(state => state !== null).filter(state => state !== outOfIt)
  if (known.length === 0) return false
  const height = Math.max(...known.map(state => state.height))
  const working = known.filter(state => state.height === height)
  const unknown = states.filter(state => state !== outOfIt).length - working.length
  const views = new Set(working.map(state => state.view))
  views.add(Math.max(...views) + 1)
  return [...views].every(view => unknown + working.filter(state => mayCommitIn(state, view)).length < quorum)
}

/**
 * Whether it can go on only if every validator is honest and heard: without some `faults` of them — silent, dishonest, or cut off — no view ever has a
 * quorum. That is how a lock looks in which one of those who take part plays false.
 */
export function isLockedWithout(states: readonly (NodeConsensus | null)[], quorum: number, faults: number): boolean {
  if (isLocked(states, quorum)) return true
  if (faults === 0) return false
  // Without a commit anywhere nobody is bound: it is slow, not locked.
  if (!states.some(state => state !== null && state.committedView !== null)) return false
  return states.some((state, index) => state !== outOfIt && isLockedWithout(states.with(index, outOfIt), quorum, faults - 1))
}

/** Of no use to any view. */
const outOfIt: NodeConsensus = { height: Number.MAX_SAFE_INTEGER, view: -1, committedView: -2, askedForView: null }

function mayCommitIn({ view: current, committedView }: NodeConsensus, view: number): boolean {
  return committedView === null ? current <= view : committedView === view
}
