import type { Moment, ObjectModel } from '../history.ts'

/** Every anchor of a status list, the first at position 0. */
export type AnchorState = readonly (Moment & { readonly hash: string })[]

export interface AnchorAction {
  readonly hash: string
}

/** The anchor that is asked for; 0 stands for the latest. */
export type AnchorQuestion = number

/** A status list's anchors: a sequence that only grows. */
export const anchorModel: ObjectModel<AnchorState, AnchorAction, AnchorQuestion> = {
  apply(state, { hash }, { blockIndex, timeMs }) {
    return { next: [...state, { hash, blockIndex, timeMs }], said: `anchor ${state.length + 1} ${hash}` }
  },
  answer(state, asked) {
    const sequence = asked === 0 ? state.length : asked
    const found = state[sequence - 1]
    return found === undefined ? 'none' : `${sequence} ${found.hash} ${found.timeMs} ${found.blockIndex}`
  },
}
