import { identifiersFaults } from '@hufu/bindings'
import type { ObjectModel } from '../history.ts'

/** Versions of an identifier's document, the first at position 0. */
export type IdentifierState = readonly { readonly document: string; readonly blockIndex: number }[]

export interface IdentifierAction {
  readonly expectedVersion: number
  readonly document: string
}

/** The version that is asked for; 0 stands for the latest. */
export type IdentifierQuestion = number

/** An identifier: a register that changes only for who knows its version. */
export const identifierModel: ObjectModel<IdentifierState, IdentifierAction, IdentifierQuestion> = {
  apply(state, { expectedVersion, document }, { blockIndex }) {
    if (expectedVersion !== state.length) return { refusal: identifiersFaults.version }
    return { next: [...state, { document, blockIndex }], said: `version ${state.length + 1}` }
  },
  answer(state, asked) {
    const version = asked === 0 ? state.length : asked
    const found = state[version - 1]
    return found === undefined ? 'none' : `${version} of block ${found.blockIndex}: ${found.document}`
  },
}
