import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Line, readLines } from './read-lines.ts'

async function* chunksOf(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  // One buffer for all chunks, as a stream may do.
  const buffer = new Uint8Array(length)
  for (let start = 0; start < bytes.length; start += length) {
    const chunk = bytes.subarray(start, start + length)
    buffer.set(chunk)
    yield buffer.subarray(0, chunk.length)
  }
}

async function linesOf(text: string, chunkLength: number, maxLength = 100): Promise<readonly (readonly [number, string | undefined])[]> {
  const lines: (readonly [number, string | undefined])[] = []
  for await (const { number, bytes } of readLines(chunksOf(Buffer.from(text), chunkLength), maxLength)) {
    lines.push([number, bytes === undefined ? undefined : Buffer.from(bytes).toString()])
  }
  return lines
}

describe('readLines', () => {
  test('splits as String.split does, wherever the chunks end', async () => {
    await assert(
      asyncProperty(array(constantFrom('a', '张', '\n', '\r\n', ',')), integer({ min: 1, max: 7 }), async (parts, chunkLength) => {
        const text = parts.join('')
        const expected = text.split(/\r?\n/).map((line, index) => [index + 1, line])
        if (expected.at(-1)![1] === '') expected.pop()
        expect(await linesOf(text, chunkLength)).toEqual(expected)
      }),
    )
  })

  test('tells a line that is too long, and goes on behind it', async () => {
    const text = `a\n${'b'.repeat(101)}\nc\n${'d'.repeat(100)}\n${'e'.repeat(200)}`
    for (const chunkLength of [1, 64, 1000]) {
      expect(await linesOf(text, chunkLength)).toEqual([
        [1, 'a'],
        [2, undefined],
        [3, 'c'],
        [4, 'd'.repeat(100)],
        [5, undefined],
      ])
    }
  })

  test('keeps no more than a chunk of a line without end', async () => {
    let kept = 0
    class Chunk extends Uint8Array {
      override slice(): Uint8Array<ArrayBuffer> {
        kept += this.length
        return new Uint8Array(this)
      }
    }
    async function* endless(): AsyncGenerator<Uint8Array> {
      const chunk = new Chunk(65_536)
      for (let turn = 0; turn < 1000; turn++) yield chunk
    }
    const lines: Line[] = []
    for await (const line of readLines(endless(), 4096)) lines.push(line)
    expect(lines).toEqual([{ number: 1, bytes: undefined }])
    expect(kept).toBe(65_536)
  })
})
