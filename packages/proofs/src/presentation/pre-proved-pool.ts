import type { Signer } from '@hufu/keys'
import { equalBytes } from '@hufu/primitives'
import type { CompiledStatement } from '../statement/compile-statement.ts'
import type { OneUseStore } from './prepared-pool.ts'
import { answerWithPreProved, type PreProvedPresentation } from './present-credential.ts'

/** A presentation made ahead, and the key that answers for it. */
export interface PreProvedItem extends PreProvedPresentation {
  /** Of the one-time key; a wallet keeps it where it cannot be copied. */
  readonly signer: Signer
}

/** A wallet's presentations made ahead for gates. Each is out of the store before its key signs: no key signs twice. */
export class PreProvedPool {
  readonly #store: OneUseStore<PreProvedItem>

  constructor(store: OneUseStore<PreProvedItem>) {
    this.#store = store
  }

  add(item: PreProvedItem): Promise<void> {
    return this.#store.add(item)
  }

  /**
   * Answers a gate's nonce with a presentation that is ready.
   *
   * @param statement - what the gate asks, compiled for its day
   * @param leastHeight - height of the oldest epoch whose roots the gate takes
   * @returns the presentation's text, or undefined if none is ready: present in the ordinary way
   */
  async answer(verifier: string, nonce: string, statement: CompiledStatement, leastHeight: number): Promise<string | undefined> {
    const items = (await this.#store.list()).filter(
      ({ draft }) => draft.verifier === verifier && draft.transaction === undefined && fits(draft, statement, leastHeight),
    )
    for (const item of items) if (await this.#store.takeOut(item.id)) return answerWithPreProved(item, item.signer, nonce)
    return undefined
  }

  /** Drops what was made for another day, or with roots that are too old. */
  async dropStale(today: string, leastHeight: number): Promise<void> {
    for (const { id, draft } of await this.#store.list())
      if (draft.today !== today || !areFresh(draft, leastHeight)) await this.#store.takeOut(id)
  }
}

function fits(draft: PreProvedPresentation['draft'], { today, hash }: CompiledStatement, leastHeight: number): boolean {
  const [{ statementHash }, second] = draft.credentials
  return second === undefined && draft.today === today && equalBytes(statementHash, hash) && areFresh(draft, leastHeight)
}

function areFresh({ credentials }: PreProvedPresentation['draft'], leastHeight: number): boolean {
  return credentials.every(({ roots }) => roots.height >= leastHeight)
}
