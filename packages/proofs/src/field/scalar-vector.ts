import { ProofError } from '../errors.ts'
import { type Scalar, scalarFromBytes, scalarSize } from './scalar-field.ts'

/** How many scalars the bytes are. @throws ProofError `ERR_PROOF_SCALAR`: not whole */
export function scalarCount(bytes: Uint8Array): number {
  if (bytes.length % scalarSize !== 0) throw new ProofError('ERR_PROOF_SCALAR', `scalars: expected ${scalarSize} bytes each`)
  return bytes.length / scalarSize
}

/** Scalars out of 32 bytes each. @throws ProofError `ERR_PROOF_SCALAR` */
export function scalarsFromBytes(bytes: Uint8Array): Scalar[] {
  return Array.from({ length: scalarCount(bytes) }, (_, index) =>
    scalarFromBytes(bytes.subarray(index * scalarSize, (index + 1) * scalarSize)),
  )
}

/** Scalars as 32 bytes each, little-endian. */
export function scalarsToBytes(scalars: readonly Scalar[]): Uint8Array {
  const bytes = new Uint8Array(scalars.length * scalarSize)
  const view = new DataView(bytes.buffer)
  for (const [index, scalar] of scalars.entries()) {
    for (let word = 0; word < 4; word++) {
      view.setBigUint64(index * scalarSize + word * 8, BigInt.asUintN(64, scalar >> BigInt(64 * word)), true)
    }
  }
  return bytes
}
