import { ProofError } from '../errors.ts'
import type { CurveGroup } from './curve-group.ts'
import { baseModulus } from './field-parameters.ts'

const compressedFlag = 0x80
const infinityFlag = 0x40
const largerFlag = 0x20
const partSize = 48

const modulusBytes = bigEndian(baseModulus)
const halfBytes = bigEndian((baseModulus - 1n) / 2n)

/**
 * Parses compressed points into places one behind the other. Whether they are in the subgroup is for the caller to check.
 *
 * @throws ProofError `ERR_PROOF_POINT`: not canonical, infinity, or not on the curve
 */
export function decodePoints(group: CurveGroup, compressed: Uint8Array, destination: number): void {
  const { memory, module, exports, pairSize, degree, compressedSize, pointSize, coordinateSize } = group
  const count = compressed.length / compressedSize
  memory.with([pairSize, pairSize, partSize * 4], (x = 0, y = 0, text = 0) => {
    for (let index = 0; index < count; index += 2) {
      // The last of an odd number stands in both lanes.
      const lanes = [index, Math.min(index + 1, count - 1)].map(position =>
        compressed.subarray(position * compressedSize, (position + 1) * compressedSize),
      )
      const larger = lanes.map((bytes, lane) => readX(bytes, degree, memory.bytes, text + lane * partSize * degree))
      for (let part = 0; part < degree; part++) {
        module.fromBytes(x + part * module.pairSize, text + part * partSize, text + (degree + part) * partSize)
      }
      if (exports.liftX(x, y) !== 3) throw new ProofError('ERR_PROOF_POINT', 'point: expected a point on the curve')
      const isLarger = readSigns(group, y, text)
      exports.negateLanes(y, Number(isLarger[0] !== larger[0]) + 2 * Number(isLarger[1] !== larger[1]))
      const at = destination + index * pointSize
      const next = destination + Math.min(index + 1, count - 1) * pointSize
      exports.split(x, at, next)
      exports.split(y, at + coordinateSize, next + coordinateSize)
    }
  })
}

/** Compresses points; 0 as an address stands for infinity. */
export function encodePoints(group: CurveGroup, points: ArrayLike<number>): Uint8Array {
  const { memory, module, exports, pairSize, degree, compressedSize, coordinateSize, spare } = group
  const result = new Uint8Array(points.length * compressedSize)
  memory.with([pairSize, pairSize, partSize * 4], (x = 0, y = 0, text = 0) => {
    for (let index = 0; index < points.length; index += 2) {
      const addresses = [points[index] ?? 0, points[index + 1] ?? 0] as const
      const [low, high] = addresses.map(address => (address === 0 ? spare.first : address)) as [number, number]
      exports.join(x, low, high)
      exports.join(y, low + coordinateSize, high + coordinateSize)
      const isLarger = readSigns(group, y, text)
      for (let part = 0; part < degree; part++)
        module.toBytes(x + part * module.pairSize, text + part * partSize, text + (degree + part) * partSize)
      addresses.forEach((address, lane) => {
        const at = (index + lane) * compressedSize
        if (index + lane >= points.length) return
        if (address === 0) {
          result[at] = compressedFlag | infinityFlag
          return
        }
        for (let part = 0; part < degree; part++) {
          const source = text + (lane * degree + part) * partSize
          // The part that counts most comes first, most significant byte first.
          result.set(memory.bytes.slice(source, source + partSize).reverse(), at + (degree - 1 - part) * partSize)
        }
        result[at] = (result[at] ?? 0) | compressedFlag | (isLarger[lane] === true ? largerFlag : 0)
      })
    }
  })
  return result
}

/** Checks flags and range of a compressed point, puts the parts of x little-endian into memory, and returns the flag of the larger y. */
function readX(bytes: Uint8Array, degree: number, memory: Uint8Array, destination: number): boolean {
  const flags = bytes[0] ?? 0
  if ((flags & compressedFlag) === 0) throw new ProofError('ERR_PROOF_POINT', 'point: expected the flag of a compressed point')
  if ((flags & infinityFlag) !== 0) throw new ProofError('ERR_PROOF_POINT', 'point: expected a point other than infinity')
  for (let part = 0; part < degree; part++) {
    const text = bytes.slice((degree - 1 - part) * partSize, (degree - part) * partSize)
    if (part === degree - 1) text[0] = (text[0] ?? 0) & 0x1f
    if (compareBytes(text, modulusBytes) >= 0) throw new ProofError('ERR_PROOF_POINT', 'point: expected coordinates below the modulus')
    memory.set(text.reverse(), destination + part * partSize)
  }
  return (flags & largerFlag) !== 0
}

/** Whether y is the larger of itself and its negative, in both lanes: by the last part, or the first where the last is 0. */
function readSigns(group: CurveGroup, y: number, text: number): [boolean, boolean] {
  const { memory, module, degree } = group
  const undecided = new Set([0, 1])
  const signs: [boolean, boolean] = [false, false]
  for (let part = degree - 1; part >= 0 && undecided.size > 0; part--) {
    module.toBytes(y + part * module.pairSize, text, text + partSize)
    for (const lane of [...undecided]) {
      const bytes = memory.bytes.slice(text + lane * partSize, text + (lane + 1) * partSize).reverse()
      if (bytes.every(byte => byte === 0)) continue
      signs[lane] = compareBytes(bytes, halfBytes) > 0
      undecided.delete(lane)
    }
  }
  return signs
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < a.length; index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function bigEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: partSize }, (_, index) => Number((value >> BigInt(8 * (partSize - 1 - index))) & 0xffn))
}
