import { concatBytes } from '@hufu/primitives'

const newline = 0x0a
const carriageReturn = 0x0d

/** A line of a file, without its end. */
export interface Line {
  /** From 1. */
  readonly number: number
  /** Undefined if the line is too long to be looked at. */
  readonly bytes: Uint8Array | undefined
}

/**
 * Splits a stream of bytes into lines that end in LF or CRLF. Holds one chunk and one line at most, however long a line is.
 *
 * @param maxLength - bytes; longer lines are told, not kept
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, maxLength: number): AsyncGenerator<Line> {
  let number = 1
  let begun: Uint8Array[] = []
  let begunLength = 0
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      yield { number, bytes: joined(begun, begunLength, chunk.subarray(start, end), maxLength) }
      number++
      begun = []
      begunLength = 0
      start = end + 1
    }
    const rest = chunk.subarray(start)
    // A copy: the stream may use the chunk's memory again.
    if (rest.length > 0 && begunLength <= maxLength) begun.push(rest.slice())
    begunLength += rest.length
  }
  if (begunLength > 0) yield { number, bytes: joined(begun, begunLength, new Uint8Array(0), maxLength) }
}

function joined(begun: readonly Uint8Array[], begunLength: number, last: Uint8Array, maxLength: number): Uint8Array | undefined {
  if (begunLength + last.length > maxLength) return undefined
  const bytes = begun.length === 0 ? last : concatBytes(...begun, last)
  return bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes
}
