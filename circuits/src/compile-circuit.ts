import { type CircomOutput, compileCircom } from './compile-circom.ts'
import { encodeCircuit, type InputSize } from './encode-circuit.ts'
import { orderRows } from './order-rows.ts'
import { readR1cs } from './read-r1cs.ts'

/** A circuit file and what circom made on the way. */
export interface CompiledCircuit extends CircomOutput {
  readonly file: Uint8Array
}

/**
 * Compiles a circom source to a circuit file. The same source always gives the same bytes.
 *
 * @throws Error if circom refuses the source, or a wire that is no input does not follow from a constraint
 */
export function compileCircuit(name: string, sourceFile: string, outputFolder: string): CompiledCircuit {
  const output = compileCircom(sourceFile, outputFolder)
  const system = readR1cs(output.r1cs)
  const names = wireNames(output.symbols)
  const ordered = orderRows(system, wire => names.get(wire) ?? `wire ${wire}`)
  return { ...output, file: encodeCircuit(name, inputSizes(names, system.inputCount), ordered) }
}

/** First name of each wire, without `main.`. */
function wireNames(symbols: string): Map<number, string> {
  const names = new Map<number, string>()
  for (const line of symbols.trimEnd().split('\n')) {
    const [, wire, , name] = line.split(',')
    if (!names.has(Number(wire))) names.set(Number(wire), name!.replace('main.', ''))
  }
  return names
}

/** Elements of an array stand one after the other: `path[0][0]`, `path[0][1]`, … are one input. */
function inputSizes(names: ReadonlyMap<number, string>, inputCount: number): InputSize[] {
  const sizes = new Map<string, number>()
  for (let wire = 1; wire <= inputCount; wire++) {
    const name = names.get(wire)!.replace(/\[.*/, '')
    sizes.set(name, (sizes.get(name) ?? 0) + 1)
  }
  return [...sizes].map(([name, size]) => ({ name, size }))
}
