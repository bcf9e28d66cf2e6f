import { type Scalar, scalarFromBytes, scalarModulus, scalarSize, scalarToBytes } from '@hufu/proofs'

/** A sum of wires, each with a coefficient that is not 0, in ascending order of wires. */
export type Combination = readonly { readonly wire: number; readonly coefficient: Scalar }[]

/** (a · w)(b · w) = c · w. */
export interface Row {
  readonly a: Combination
  readonly b: Combination
  readonly c: Combination
}

/** The constraints as circom writes them: wire 0 is 1, then come public inputs, private inputs, and all other wires. */
export interface RankOneSystem {
  readonly wireCount: number
  readonly publicCount: number
  readonly inputCount: number
  readonly rows: readonly Row[]
}

const headerSection = 1
const rowsSection = 2

/**
 * Reads circom's own output, so it is checked only as far as to notice another format.
 *
 * @see https://github.com/iden3/r1csfile/blob/master/doc/r1cs_bin_format.md
 */
export function readR1cs(file: Uint8Array): RankOneSystem {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  if (view.getUint32(0) !== 0x72316373 || view.getUint32(4, true) !== 1) throw new Error('r1cs: expected a file of version 1')
  const sections = new Map<number, number>()
  for (let offset = 12; offset < file.length; offset += 12 + Number(view.getBigUint64(offset + 4, true))) {
    sections.set(view.getUint32(offset, true), offset + 12)
  }

  let offset = sections.get(headerSection)!
  const integer = () => {
    offset += 4
    return view.getUint32(offset - 4, true)
  }
  const scalarBytes = () => {
    offset += scalarSize
    return file.subarray(offset - scalarSize, offset)
  }
  if (integer() !== scalarSize || scalarBytes().some((byte, index) => byte !== modulusBytes[index])) throw new Error('r1cs: another field')
  const [wireCount, outputCount, publicCount, privateCount] = [integer(), integer(), integer(), integer()]
  if (outputCount !== 0) throw new Error('r1cs: every public value must be an input')
  // The number of labels, 8 bytes, says nothing of the constraints.
  offset += 8
  const rowCount = integer()

  offset = sections.get(rowsSection)!
  const combination = (): Combination =>
    Array.from({ length: integer() }, () => ({ wire: integer(), coefficient: scalarFromBytes(scalarBytes()) })).sort(
      (x, y) => x.wire - y.wire,
    )
  const rows = Array.from({ length: rowCount }, () => ({ a: combination(), b: combination(), c: combination() }))
  return { wireCount, publicCount, inputCount: publicCount + privateCount, rows }
}

const modulusBytes = scalarToBytes(scalarModulus)
