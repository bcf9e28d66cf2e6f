import type { WasmModule } from './assembler.ts'
import type { Coordinates } from './coordinates.ts'
import type { Field } from './field.ts'
import { emitInversion } from './inversion.ts'
import { emitPower } from './power.ts'
import type { StaticMemory } from './static-memory.ts'

/** Coordinates of G1: y² = x³ + 4 over the base field. */
export function emitCoordinatesG1(module: WasmModule, memory: StaticMemory, fp: Field): Coordinates {
  const { modulus } = fp.parameters
  return {
    ...fp,
    name: 'g1',
    invert: emitInversion(module, memory, fp),
    // The modulus is 3 modulo 4.
    squareRoot: emitPower(module, memory, fp, 'fp.squareRoot', (modulus + 1n) / 4n),
    one: memory.place(fp.encodePair(1n)),
    b: memory.place(fp.encodePair(4n)),
    threeB: memory.place(fp.encodePair(12n)),
  }
}
