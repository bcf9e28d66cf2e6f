import { ByteWriter, utf8ToBytes } from '@hufu/primitives'
import { scalarModulus, scalarSize, scalarToBytes } from '@hufu/proofs'

const version = 2
const headerSection = 1
const valuesSection = 2

/** The values of all wires, 32 bytes each, in the format of iden3's wtns files: for tools that check a witness against circom's own r1cs file. */
export function writeWtns(witness: Uint8Array): Uint8Array {
  const header = new ByteWriter()
    .uint32(scalarSize)
    .bytes(scalarToBytes(scalarModulus))
    .uint32(witness.length / scalarSize)
    .toBytes()
  const file = new ByteWriter().bytes(utf8ToBytes('wtns')).uint32(version).uint32(2)
  for (const [section, content] of [[headerSection, header] as const, [valuesSection, witness] as const]) {
    file.uint32(section).uint64(BigInt(content.length)).bytes(content)
  }
  return file.toBytes()
}
