import type { HeadWatcher } from './head-watcher.ts'

/** Remembers the highest block that was told of, and wakes who waits for it. */
export class HeadBell {
  /** Index of the highest block told of; -1 before the first. */
  height = -1
  /** Index of the node that has it. */
  node = 0
  /** Ends the listening. */
  readonly stop: () => void
  #rung = Promise.withResolvers<void>()

  constructor(heads: HeadWatcher, signal: AbortSignal) {
    const stopListening = heads.listen(head => {
      if (head.blockIndex <= this.height) return
      this.height = head.blockIndex
      this.node = head.node
      this.#ring()
    })
    const ring = () => this.#ring()
    signal.addEventListener('abort', ring)
    this.stop = () => {
      stopListening()
      signal.removeEventListener('abort', ring)
    }
  }

  /** Settles at the next block, or when the signal aborts. */
  next(): Promise<void> {
    return this.#rung.promise
  }

  #ring(): void {
    this.#rung.resolve()
    this.#rung = Promise.withResolvers()
  }
}
