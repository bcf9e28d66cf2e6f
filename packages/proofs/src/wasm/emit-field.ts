import type { WasmModule } from './assembler.ts'
import type { Field } from './field.ts'
import type { FieldParameters } from './field-parameters.ts'
import { hasFusedMultiplyAdd } from './has-fused-multiply-add.ts'
import { emitIntegerField } from './integer-field.ts'
import type { StaticMemory } from './static-memory.ts'
import { emitVectorField } from './vector-field.ts'

/** What limbs are: doubles, two elements at a time, twice as fast; or integers, which run everywhere. */
export type FieldKind = 'doubles' | 'integers'

let best: FieldKind | undefined

/** The kind that is fastest here and right: doubles only after the instruction they need was tried. */
export function bestFieldKind(): FieldKind {
  best ??= hasFusedMultiplyAdd() ? 'doubles' : 'integers'
  return best
}

/**
 * Emits a field's functions into a module.
 *
 * ```ts
 * const module = new WasmModule()
 * module.defineMemory(16, { exportAs: 'memory' })
 * const memory = new StaticMemory(module)
 * const fp = emitField(module, memory, baseFieldParameters)
 * const three = memory.place(fp.encodePair(3n))
 * module.function('tripled', ['i32', 'i32'], [], (code, [destination, a]) => {
 *   code.get(destination).get(a).i32(three).call(fp.multiply)
 * }, { exported: true })
 * // … and data from memory.end on
 * ```
 */
export function emitField(module: WasmModule, memory: StaticMemory, parameters: FieldParameters, kind: FieldKind = bestFieldKind()): Field {
  return kind === 'doubles' ? emitVectorField(module, memory, parameters) : emitIntegerField(module, memory, parameters)
}
