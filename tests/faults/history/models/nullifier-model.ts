import { proofsFaults } from '@hufu/bindings'
import type { ObjectModel } from '../history.ts'

/** The commitment with which a nullifier was spent; undefined while it is not. Different ones are shown for different nullifiers. */
export interface NullifierState {
  readonly spentWith: string | undefined
}

export interface NullifierAction {
  readonly commitment: string
}

/** Commitments that are asked for beside the nullifier. */
export type NullifierQuestion = readonly string[]

/** A nullifier: spent once, for good. */
export const nullifierModel: ObjectModel<NullifierState, NullifierAction, NullifierQuestion> = {
  apply({ spentWith }, { commitment }) {
    if (spentWith !== undefined) return { refusal: proofsFaults.spent }
    return { next: { spentWith: commitment }, said: `spent with ${commitment}` }
  },
  answer({ spentWith }, commitments) {
    return [spentWith !== undefined, ...commitments.map(commitment => commitment === spentWith)].join('; ')
  },
}
