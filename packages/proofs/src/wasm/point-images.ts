import { ProofError } from '../errors.ts'
import { scalarModulus, scalarSize } from '../field/scalar-field.ts'
import type { CurveGroup } from './curve-group.ts'
import { splitSize } from './split-scalars.ts'

/** How many points stand for one, so that scalars become shorter: P and z²P in G1; P, zP, z²P and z³P in G2. */
export function imageCount(group: CurveGroup): number {
  return group.degree === 1 ? 2 : 4
}

/** Bits of each image's scalar, and 32-bit words that hold them. */
export function imageScalarShape(group: CurveGroup): { readonly bits: number; readonly words: number } {
  return group.degree === 1 ? { bits: 128, words: 4 } : { bits: 64, words: 2 }
}

/** Writes the images of points behind each other: all first images, which are not the points themselves, then all second ones, and so on. */
export function writeImages(group: CurveGroup, points: number, count: number, destination: number): void {
  const { exports, pointSize } = group
  let source = points
  let target = destination
  for (let image = 1; image < imageCount(group); image++) {
    for (let index = 0; index < count; index += 2) {
      const [low, high] = [index, Math.min(index + 1, count - 1)].map(position => position * pointSize) as [number, number]
      exports.endomorphism(source + low, source + high, target + low, target + high)
    }
    source = target
    target += count * pointSize
  }
}

/** Scalars cut into one short number for each image of a point. */
export interface SplitScalars {
  /** Number of image i of scalar s, in words from (i · count + s) · words on. */
  readonly numbers: Uint32Array
  /** 1 for scalars whose numbers belong to the negatives of the images. */
  readonly negative: Uint8Array
}

/** Splits scalars for the images of points. @throws ProofError `ERR_PROOF_SCALAR`: not `count` scalars, or one not below r */
export function splitScalars(group: CurveGroup, scalars: Uint8Array, count: number): SplitScalars {
  checkScalars(scalars, count)
  const { memory, module } = group
  const images = imageCount(group)
  const { words } = imageScalarShape(group)
  const numbers = new Uint32Array(images * count * words)
  const negative = new Uint8Array(count)
  memory.with([count * scalarSize, count * splitSize], (source = 0, split = 0) => {
    memory.bytes.set(scalars, source)
    module.splitScalars(source, split, count)
    const all = memory.words
    const first = (split + (group.degree === 1 ? 32 : 0)) >> 2
    for (let index = 0; index < count; index++) {
      const at = first + (index * splitSize) / 4
      for (let image = 0; image < images; image++) {
        const target = (image * count + index) * words
        for (let word = 0; word < words; word++) numbers[target + word] = all[at + image * words + word] as number
      }
      negative[index] = all[(split + index * splitSize + 64) >> 2] as number
    }
  })
  return { numbers, negative }
}

const orderWords = Array.from({ length: 8 }, (_, word) => Number((scalarModulus >> BigInt(32 * word)) & 0xffffffffn))

/** @throws ProofError `ERR_PROOF_SCALAR`: not `count` scalars, or one not below r */
export function checkScalars(scalars: Uint8Array, count: number): void {
  if (scalars.length !== count * scalarSize)
    throw new ProofError('ERR_PROOF_SCALAR', `scalars: expected ${count} times ${scalarSize} bytes`)
  const view = new DataView(scalars.buffer, scalars.byteOffset, scalars.length)
  for (let at = 0; at < scalars.length; at += scalarSize) {
    let word = 7
    while (word >= 0 && view.getUint32(at + word * 4, true) === orderWords[word]) word--
    if (word < 0 || view.getUint32(at + word * 4, true) > (orderWords[word] as number)) {
      throw new ProofError('ERR_PROOF_SCALAR', 'scalar: expected a value below the order of the group')
    }
  }
}
