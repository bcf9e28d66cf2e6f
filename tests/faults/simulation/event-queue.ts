/** Something that will happen. */
export interface Event {
  readonly atMs: number
  /** Of two at the same time, the one that was planned first happens first. */
  readonly order: number
  happen: (() => void) | undefined
}

/** What is to happen, soonest first: a binary heap. */
export class EventQueue {
  readonly #heap: Event[] = []
  #order = 0

  add(atMs: number, happen: () => void): Event {
    const event: Event = { atMs, order: this.#order++, happen }
    this.#heap.push(event)
    let at = this.#heap.length - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(event, this.#heap[parent]!)) break
      this.#heap[at] = this.#heap[parent]!
      at = parent
    }
    this.#heap[at] = event
    return event
  }

  /** Takes the soonest; undefined if there is none. */
  take(): Event | undefined {
    const soonest = this.#heap[0]
    const last = this.#heap.pop()
    if (soonest === undefined || last === undefined || this.#heap.length === 0) return soonest
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= this.#heap.length) break
      if (child + 1 < this.#heap.length && isBefore(this.#heap[child + 1]!, this.#heap[child]!)) child++
      if (!isBefore(this.#heap[child]!, last)) break
      this.#heap[at] = this.#heap[child]!
      at = child
    }
    this.#heap[at] = last
    return soonest
  }
}

function isBefore(left: Event, right: Event): boolean {
  return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order)
}
