import {
  asBoolean,
  asBytes,
  asInteger,
  asScriptHash,
  asStruct,
  asText,
  type CallOnStack,
  isNull,
  LedgerError,
  type ScriptHash,
  type StackItem,
} from '@hufu/ledger'

/** Takes the arguments of a call one after the other; whatever is not what a method takes throws LedgerError `ERR_LEDGER_ANSWER`. */
export class CallArguments {
  readonly #items: readonly StackItem[]
  #taken = 0

  constructor(items: readonly StackItem[]) {
    this.#items = items
  }

  hash(): ScriptHash {
    return asScriptHash(this.#next())
  }

  text(): string {
    return asText(this.#next())
  }

  bytes(): Uint8Array {
    return asBytes(this.#next())
  }

  boolean(): boolean {
    return asBoolean(this.#next())
  }

  integer(): bigint {
    return asInteger(this.#next())
  }

  /** An integer that a number of JavaScript holds. */
  number(): number {
    const value = Number(this.integer())
    if (!Number.isSafeInteger(value)) throw malformed()
    return value
  }

  array(): readonly StackItem[] {
    return asStruct(this.#next())
  }

  /** Whatever it is. */
  any(): StackItem {
    return this.#next()
  }

  isNull(): boolean {
    return isNull(this.#next())
  }

  /** Refuses arguments left over. */
  end(): void {
    if (this.#taken !== this.#items.length) throw malformed()
  }

  #next(): StackItem {
    const item = this.#items[this.#taken++]
    if (item === undefined) throw malformed()
    return item
  }
}

/** How one method is put into words, or undefined for a method that is not known. */
export type DescribeCall<Context> = (method: string, args: CallArguments, context: Context, call: CallOnStack) => Texts | undefined

/** A text in the languages that people of the council read. */
export interface Texts {
  readonly 'zh-CN': string
  readonly en: string
}

function malformed(): LedgerError {
  return new LedgerError('ERR_LEDGER_ANSWER', 'expected the arguments that the method takes')
}
