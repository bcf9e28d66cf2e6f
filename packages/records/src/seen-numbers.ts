const firstCapacity = 1 << 16

/**
 * The resident numbers of the rows so far, to find repeated ones: at most 16 bytes each (160 MB for ten million people), where a `Set` of texts
 * takes some hundred and ends at 16.7 million.
 *
 * A number without its check character is 17 digits, which fit no double; but its division (at most 6 digits), birth date in days and sequence do.
 */
export class SeenNumbers {
  #slots = new Float64Array(firstCapacity)
  #count = 0

  /** Adds a valid resident number. @returns false if it is there already */
  add(residentNumber: string): boolean {
    if (this.#count * 2 >= this.#slots.length) this.#grow()
    const key = keyOf(residentNumber)
    const slot = slotOf(this.#slots, key)
    if (this.#slots[slot] === key) return false
    this.#slots[slot] = key
    this.#count++
    return true
  }

  #grow(): void {
    const larger = new Float64Array(this.#slots.length * 2)
    for (const key of this.#slots) if (key !== 0) larger[slotOf(larger, key)] = key
    this.#slots = larger
  }
}

/** The key's slot, or the empty one where it belongs. A key is never 0. */
function slotOf(slots: Float64Array, key: number): number {
  const mask = slots.length - 1
  let slot = (Math.imul(key % 0x1_0000_0000, 0x9e3779b1) >>> 8) & mask
  while (slots[slot] !== 0 && slots[slot] !== key) slot = (slot + 1) & mask
  return slot
}

function keyOf(number: string): number {
  const division = Number(number.slice(0, 6))
  const days = Date.UTC(Number(number.slice(6, 10)), Number(number.slice(10, 12)) - 1, Number(number.slice(12, 14))) / 86_400_000
  const daysSince1900 = days + 25_567
  return (division * 100_000 + daysSince1900) * 1000 + Number(number.slice(14, 17))
}
