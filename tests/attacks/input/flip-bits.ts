import { createHash } from 'node:crypto'

/** Copies of a text with one bit flipped each, at places that are the same in every run. What cannot be sent in a header or form is left out. */
export function flipBits(text: string, count: number): readonly string[] {
  const flipped: string[] = []
  for (let attempt = 0; flipped.length < count && attempt < 20 * count; attempt++) {
    const random = createHash('sha256').update(`${attempt}`).digest()
    const place = random.readUInt32LE(0) % text.length
    const code = text.charCodeAt(place) ^ (1 << (random[4]! % 7))
    if (code > 0x20 && code < 0x7f) flipped.push(text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1))
  }
  return flipped
}
