import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { ProofError } from '../errors.ts'

/** An element of the scalar field of BLS12-381: an integer from 0 to {@link scalarModulus} − 1. */
export type Scalar = bigint

/** r, the order of BLS12-381's groups. */
export const scalarModulus = 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n

/** Size of an encoded scalar, in bytes. */
export const scalarSize = 32

/** Bits of a hash that a scalar takes. 2²⁴⁸ < r, so no two hashes of this length become one scalar. */
const hashBytes = 31

/** The scalar that an integer is congruent to. */
export function toScalar(value: bigint): Scalar {
  const remainder = value % scalarModulus
  return remainder < 0n ? remainder + scalarModulus : remainder
}

/** Parses 32 bytes, little-endian. @throws ProofError `ERR_PROOF_SCALAR`: another length, or not below r */
export function scalarFromBytes(bytes: Uint8Array): Scalar {
  if (bytes.length !== scalarSize) throw new ProofError('ERR_PROOF_SCALAR', `scalar: expected ${scalarSize} bytes`)
  const value = BigInt(`0x${bytesToHex(bytes.toReversed())}`)
  if (value >= scalarModulus) throw new ProofError('ERR_PROOF_SCALAR', 'scalar: expected a value below the order of the group')
  return value
}

/** A scalar as 32 bytes, little-endian: as the ledger, files and presentations carry it. */
export function scalarToBytes(scalar: Scalar): Uint8Array {
  const bytes = new Uint8Array(scalarSize)
  let rest = scalar
  for (let index = 0; index < scalarSize; index++) {
    bytes[index] = Number(rest & 0xffn)
    rest >>= 8n
  }
  return bytes
}

/** The scalar of bytes that were hashed: the first 31 bytes of SHA-256, read little-endian. */
export function hashToScalar(bytes: Uint8Array): Scalar {
  return BigInt(`0x${bytesToHex(sha256(bytes).slice(0, hashBytes).toReversed())}`)
}

/** The scalar of a label in ASCII, read big-endian; at most 31 characters. Domain tags of hashes are made so. */
export function labelToScalar(label: string): Scalar {
  const bytes = utf8ToBytes(label)
  if (bytes.length === 0 || bytes.length > hashBytes) throw new TypeError(`label: expected 1 to ${hashBytes} bytes`)
  return BigInt(`0x${bytesToHex(bytes)}`)
}
