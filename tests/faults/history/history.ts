/** Where on the ledger a change stands. */
export interface Moment {
  readonly blockIndex: number
  /** Of the block. */
  readonly timeMs: number
}

/** What an object is and does, on its own: what the contract must be seen to do. States are values; nothing changes one. */
export interface ObjectModel<State, Action, Question> {
  /** What an action makes of the object, with what the ledger says of it (its notifications, as text); or the contract's text where it is refused. */
  apply(state: State, action: Action, at: Moment): { readonly next: State; readonly said: string } | { readonly refusal: string }
  /** Parts that the ledger is asked for one after the other are parted by `; `. */
  answer(state: State, question: Question): string
  /** What may not be when all has come to rest; undefined if all is well. */
  fault?(state: State): string | undefined
}

/** A write by a client. Times on one steady clock, in milliseconds. */
export interface RecordedWrite<Action> {
  readonly object: string
  readonly action: Action
  /** Undefined where nothing was signed. */
  readonly transactionHash: string | undefined
  readonly calledMs: number
  /** When the answer came; infinite if none did. */
  readonly returnedMs: number
  readonly outcome:
    | { readonly kind: 'durable'; readonly blockIndex: number }
    /** By the contract. */
    | { readonly kind: 'refused'; readonly reason: string }
    /** Can no longer take effect, as the client was told. */
    | { readonly kind: 'failed' }
    /** May have taken effect, or will. */
    | { readonly kind: 'unknown' }
}

/** An answer of one node. */
export interface RecordedRead<Question> {
  readonly object: string
  readonly question: Question
  readonly answer: string
  readonly node: string
  /** How often the node was started; one that was killed may have forgotten what no disk had. */
  readonly life: number
  /** Index of the node's last block when it answered, as the same call told. */
  readonly height: number
  /** The same, asked for once the answer was there; default: `height`. */
  readonly laterHeight?: number
  readonly calledMs: number
  readonly returnedMs: number
}

/** What a transaction did to an object, as the ledger has it in the end. */
export interface Effect extends Moment {
  readonly object: string
  readonly transactionHash: string
  readonly said: string
}

export interface History<State, Action, Question> {
  readonly model: ObjectModel<State, Action, Question>
  /** The objects as they were when the recording began. */
  readonly initial: ReadonlyMap<string, State>
  readonly writes: readonly RecordedWrite<Action>[]
  readonly reads: readonly RecordedRead<Question>[]
  /** In the order of the chain. */
  readonly effects: readonly Effect[]
}
