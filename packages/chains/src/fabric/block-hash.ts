import { concatBytes, sha256 } from '@hufu/primitives'
import { ProtobufFields } from './protobuf-fields.ts'

/**
 * Hash of a block: SHA-256 of the DER of its number, the hash of the one before it, and the hash of its transactions.
 *
 * @param block - `common.Block`
 * @throws ChainError `ERR_CHAIN_PROOF`: not a block
 * @see https://github.com/hyperledger/fabric protoutil/blockutils.go, BlockHeaderBytes
 */
export function blockHash(block: Uint8Array): Uint8Array {
  const header = new ProtobufFields(block).message(1)
  const content = concatBytes(derInteger(header.integer(1)), derBytes(header.optionalBytes(2)), derBytes(header.optionalBytes(3)))
  return sha256(concatBytes(Uint8Array.of(0x30, content.length), content))
}

function derInteger(value: bigint): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; rest > 0n || bytes.length === 0; rest >>= 8n) bytes.unshift(Number(rest & 0xffn))
  if (bytes[0]! >= 0x80) bytes.unshift(0)
  return Uint8Array.of(0x02, bytes.length, ...bytes)
}

function derBytes(bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(0x04, bytes.length), bytes)
}
