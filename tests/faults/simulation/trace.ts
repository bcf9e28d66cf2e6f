import { createHash } from 'node:crypto'

const usualTail = 60

/** Everything that happens, in order: its hash, and the last lines for people. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #tail: string[] = []
  readonly #tailLength: number
  #lines = 0

  constructor(tailLength = usualTail) {
    this.#tailLength = tailLength
  }

  add(line: string): void {
    this.#hash.update(line)
    this.#hash.update('\n')
    this.#tail[this.#lines++ % this.#tailLength] = line
  }

  get lines(): number {
    return this.#lines
  }

  /** The last lines, oldest first. */
  get tail(): readonly string[] {
    const first = this.#lines > this.#tailLength ? this.#lines % this.#tailLength : 0
    return [...this.#tail.slice(first), ...this.#tail.slice(0, first)]
  }

  /** SHA-256 of all lines, in hexadecimal. */
  digest(): string {
    return this.#hash.copy().digest('hex')
  }
}
