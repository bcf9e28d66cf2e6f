/** Rows of a sparse matrix over the scalars: row i holds the terms from `offsets[i]` up to `offsets[i + 1]`. */
export interface SparseRows {
  /** One more than there are rows. */
  readonly offsets: Uint32Array
  /** Wire of each term. */
  readonly wires: Uint32Array
  /** Coefficient of each term: its position among the circuit's coefficients. */
  readonly coefficients: Uint32Array
}

/** A named input: `size` wires from `firstWire` on. */
export interface CircuitInput {
  readonly name: string
  readonly firstWire: number
  readonly size: number
}

/** A rank-1 constraint system: (a · w)(b · w) = c · w for each row, over the wires w. */
export interface Circuit {
  readonly name: string
  /** Wire 0 is 1, wires 1 to `publicCount` are the public inputs in order; then come the private inputs and what follows from them. */
  readonly wireCount: number
  readonly publicCount: number
  readonly constraintCount: number
  /** Public ones first; together they are the wires from 1 on. Whatever no constraint determines (bits, siblings) is among them. */
  readonly inputs: readonly CircuitInput[]
  /** Different coefficients, 32 bytes each, little-endian. */
  readonly coefficients: Uint8Array
  readonly a: SparseRows
  readonly b: SparseRows
  readonly c: SparseRows
  /** For each row the number of its sum in a and in b: rows of one number have the same terms, which then need summing up once. */
  readonly sums?: { readonly count: number; readonly a: Uint32Array; readonly b: Uint32Array }
  /** For each wire that is no input, in the order to find them: the row that determines it, and the wire. */
  readonly solution: { readonly rows: Uint32Array; readonly wires: Uint32Array }
}
