import { ProofError } from '../errors.ts'
import { baseModulus } from '../wasm/field-parameters.ts'

/** Size of a compressed point of G1, in bytes. */
export const g1Size = 48

/** Size of a compressed point of G2, in bytes. */
export const g2Size = 96

/** c0 + c1 · u, where u² = −1. */
export interface Fp2Element {
  readonly c0: bigint
  readonly c1: bigint
}

/** What a compressed point says: its x, and whether y is the larger one of the two that fit. It need not be on the curve. */
export interface CompressedPoint<Coordinate> {
  readonly x: Coordinate
  readonly isLarger: boolean
}

const compressedFlag = 0x80
const infinityFlag = 0x40
const largerFlag = 0x20
const flags = compressedFlag | infinityFlag | largerFlag

/**
 * Reads a point of G1 in the Zcash format: 48 bytes, x big-endian below three flags.
 *
 * @param name - of the point, for messages
 * @throws ProofError `ERR_PROOF_ENCODING`: not of this form, or another form of what has a shorter one
 * @throws ProofError `ERR_PROOF_POINT`: infinity
 */
export function readG1(bytes: Uint8Array, name: string): CompressedPoint<bigint> {
  return { x: coordinate(withoutFlags(bytes, g1Size, name), name), isLarger: isLarger(bytes) }
}

/** Reads a point of G2: 96 bytes, c1 of x before c0. Throws as {@link readG1}. */
export function readG2(bytes: Uint8Array, name: string): CompressedPoint<Fp2Element> {
  const rest = withoutFlags(bytes, g2Size, name)
  const x = { c0: coordinate(rest.subarray(g1Size), name), c1: coordinate(rest.subarray(0, g1Size), name) }
  return { x, isLarger: isLarger(bytes) }
}

/** 48 bytes of a point of G1. */
export function writeG1({ x, y }: { readonly x: bigint; readonly y: bigint }): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(g1Size)
  writeCoordinate(bytes, x)
  bytes[0]! |= compressedFlag | (isLargerG1(y) ? largerFlag : 0)
  return bytes
}

/** 96 bytes of a point of G2. */
export function writeG2({ x, y }: { readonly x: Fp2Element; readonly y: Fp2Element }): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(g2Size)
  writeCoordinate(bytes.subarray(0, g1Size), x.c1)
  writeCoordinate(bytes.subarray(g1Size), x.c0)
  bytes[0]! |= compressedFlag | (isLargerG2(y) ? largerFlag : 0)
  return bytes
}

/** True if y is larger than −y. */
export function isLargerG1(y: bigint): boolean {
  return y > baseModulus >> 1n
}

/** True if y is larger than −y: by c1, and by c0 where c1 is 0. */
export function isLargerG2({ c0, c1 }: Fp2Element): boolean {
  return isLargerG1(c1 === 0n ? c0 : c1)
}

function isLarger(bytes: Uint8Array): boolean {
  return (bytes[0]! & largerFlag) !== 0
}

function withoutFlags(bytes: Uint8Array, size: number, name: string): Uint8Array {
  if (bytes.length !== size) throw new ProofError('ERR_PROOF_ENCODING', `${name}: expected ${size} bytes`)
  if ((bytes[0]! & compressedFlag) === 0) throw new ProofError('ERR_PROOF_ENCODING', `${name}: expected a compressed point`)
  const rest = new Uint8Array(bytes)
  rest[0]! &= ~flags
  if ((bytes[0]! & infinityFlag) !== 0) {
    const isCanonical = !isLarger(bytes) && rest.every(byte => byte === 0)
    if (!isCanonical) throw new ProofError('ERR_PROOF_ENCODING', `${name}: infinity has other bits set`)
    throw new ProofError('ERR_PROOF_POINT', `${name}: expected another point than infinity`)
  }
  return rest
}

function coordinate(bytes: Uint8Array, name: string): bigint {
  // Eight bytes at a time: a proof is parsed in less time than its hexadecimal digits would take.
  const view = new DataView(bytes.buffer, bytes.byteOffset, g1Size)
  let value = 0n
  for (let offset = 0; offset < g1Size; offset += 8) value = (value << 64n) | view.getBigUint64(offset)
  if (value >= baseModulus) throw new ProofError('ERR_PROOF_ENCODING', `${name}: expected a coordinate below the modulus`)
  return value
}

function writeCoordinate(bytes: Uint8Array, value: bigint): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, g1Size)
  let rest = value
  for (let offset = g1Size - 8; offset >= 0; offset -= 8) {
    view.setBigUint64(offset, rest & 0xffff_ffff_ffff_ffffn)
    rest >>= 64n
  }
}
