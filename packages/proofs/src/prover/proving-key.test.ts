import { describe, expect, test } from 'vitest'
import { encodeProvingKey, keySection, type ProvingKey, parseProvingKey } from './proving-key.ts'

const points = (count: number, size: number, first: number): Uint8Array =>
  Uint8Array.from({ length: count * size }, (_, index) => (index % size === 0 ? 0x80 | first : (first + index) & 0xff))

const key: ProvingKey = {
  circuit: 'cubic',
  development: true,
  circuitHash: new Uint8Array(32).fill(7),
  transcriptHash: new Uint8Array(32),
  domainSize: 8,
  wireCount: 11,
  publicCount: 2,
  alphaG1: points(1, 48, 1),
  betaG1: points(1, 48, 2),
  deltaG1: points(1, 48, 3),
  betaG2: points(1, 96, 4),
  deltaG2: points(1, 96, 5),
  a: { wires: Uint32Array.of(0, 3, 10), points: points(3, 48, 6) },
  bG1: { wires: Uint32Array.of(1, 8), points: points(2, 48, 7) },
  bG2: { wires: Uint32Array.of(1, 8), points: points(2, 96, 8) },
  l: { wires: Uint32Array.of(3, 4, 9), points: points(3, 48, 9) },
  h: points(7, 48, 10),
}
const file = encodeProvingKey(key)
const flagsAt = 5
const sizesAt = 4 + 1 + 1 + 1 + 5 + 32 + 32
const refused = expect.objectContaining({ code: 'ERR_PROOF_KEY' })

describe('the file of a proving key', () => {
  test('reads back', () => {
    expect(parseProvingKey(file)).toEqual(key)
    const fromCeremony = { ...key, development: false, transcriptHash: new Uint8Array(32).fill(1) }
    expect(parseProvingKey(encodeProvingKey(fromCeremony))).toEqual(fromCeremony)
  })

  test('is no larger than its points and a few hundred bytes', () => {
    expect(file.length).toBeLessThan(48 * (3 + 3 + 2 + 3 + 7) + 96 * (2 + 2) + 100)
  })

  test.each([
    ['that ends too early', file.slice(0, -1)],
    ['with a byte left over', Uint8Array.of(...file, 0)],
    ['of nothing', new Uint8Array()],
    ['that is another', changed(0, 0x49)],
    ['of another version', changed(4, 2)],
    ['with other flags', changed(flagsAt, 3)],
    ['of a ceremony without a transcript', changed(flagsAt, 0)],
    ['of a development key with a transcript', changed(sizesAt - 1, 1)],
    ['with a domain that is no power of two', changed(sizesAt, 9)],
    ['with a domain too large', changed(sizesAt + 3, 0x40)],
    ['with as many public inputs as wires', changed(sizesAt + 8, 11)],
    ['with a bit for a wire that is not there', changed(sizesAt + 12 + 3 * 48 + 2 * 96 + 1, 0x0c)],
    ['with a public wire in L', changed(sizesAt + 12 + 3 * 48 + 2 * 96 + 4, 0x04)],
  ])('%s is refused', (_, bytes) => {
    expect(() => parseProvingKey(bytes)).toThrow(refused)
  })
})

test('a section leaves infinity out', () => {
  const infinity = new Uint8Array(48)
  infinity[0] = 0xc0
  const [first, second] = [points(1, 48, 1), points(1, 48, 2)]
  expect(keySection(Uint8Array.of(...first, ...infinity, ...second), 48, 5)).toEqual({
    wires: Uint32Array.of(5, 7),
    points: Uint8Array.of(...first, ...second),
  })
})

function changed(at: number, value: number): Uint8Array {
  return file.with(at, value)
}
