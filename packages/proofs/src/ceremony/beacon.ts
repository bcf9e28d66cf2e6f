import { concatBytes, hexToBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import { type Scalar, scalarFromBytes, scalarModulus, toScalar } from '../field/scalar-field.ts'

/**
 * Secrets that nobody could choose: SHA-256, many times over, of a block's hash and the challenge; of what comes out, a secret for each name. Anybody can
 * compute them once the block is there; that it takes long keeps whoever makes the block from trying many.
 *
 * @param iterationsLog2 - 2 to this power hashes
 */
export function beaconSecrets(blockHash: string, challenge: Uint8Array, iterationsLog2: number): (name: string) => Scalar {
  let hash = sha256(concatBytes(utf8ToBytes('hufu:beacon'), hexToBytes(blockHash), challenge))
  for (let iteration = 0; iteration < 2 ** iterationsLog2; iteration++) hash = sha256(hash)
  const half = (name: string, index: number): Uint8Array => sha256(concatBytes(hash, utf8ToBytes(`${index}:${name}`)))
  return name => secretFromBytes(concatBytes(half(name, 0), half(name, 1)))
}

/** A secret from 64 bytes, so that all are about as likely; never 0 or 1. */
export function secretFromBytes(bytes: Uint8Array): Scalar {
  const half = (part: Uint8Array): Scalar => scalarFromBytes(part.with(31, part[31]! & 0x3f))
  return 2n + (toScalar(half(bytes.slice(0, 32)) + (half(bytes.slice(32, 64)) << 254n)) % (scalarModulus - 2n))
}
