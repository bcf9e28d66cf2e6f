import type { Circuit, SparseRows } from '../circuit/circuit.ts'
import { type Scalar, toScalar } from '../field/scalar-field.ts'
import { scalarsToBytes } from '../field/scalar-vector.ts'

/** For tests: public y, private x, with y = x³ + x + 5. Wires: 1, y, x, x², x³. */
export const cubicCircuit: Circuit = {
  name: 'cubic',
  wireCount: 5,
  publicCount: 1,
  constraintCount: 3,
  inputs: [
    { name: 'y', firstWire: 1, size: 1 },
    { name: 'x', firstWire: 2, size: 1 },
  ],
  coefficients: scalarsToBytes([1n, 5n]),
  a: rows(
    [[2, 0]],
    [[3, 0]],
    [
      [4, 0],
      [2, 0],
      [0, 1],
    ],
  ),
  b: rows([[2, 0]], [[2, 0]], [[0, 0]]),
  c: rows([[3, 0]], [[4, 0]], [[1, 0]]),
  solution: { rows: Uint32Array.of(0, 1), wires: Uint32Array.of(3, 4) },
}

/** The values of all wires, and of the rows' three sides. */
export function solveCubic(x: Scalar) {
  const [square, cube] = [toScalar(x ** 2n), toScalar(x ** 3n)]
  const y = toScalar(cube + x + 5n)
  return {
    witness: scalarsToBytes([1n, y, x, square, cube]),
    a: scalarsToBytes([x, square, y]),
    b: scalarsToBytes([x, x, 1n]),
    c: scalarsToBytes([square, cube, y]),
  }
}

function rows(...terms: readonly (readonly (readonly [wire: number, coefficient: number])[])[]): SparseRows {
  const ends = [0]
  for (const row of terms) ends.push(ends.at(-1)! + row.length)
  const flat = terms.flat()
  return {
    offsets: Uint32Array.from(ends),
    wires: Uint32Array.from(flat, ([wire]) => wire),
    coefficients: Uint32Array.from(flat, ([, coefficient]) => coefficient),
  }
}
