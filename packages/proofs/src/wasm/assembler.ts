import { ByteWriter } from './byte-writer.ts'
import { Code, type FunctionReference, type Global, type Local, type ValueType, valueTypeBytes } from './code.ts'

/** A parameter list as the types, and as the locals that the body receives. */
type LocalsOf<Types extends readonly ValueType[]> = { readonly [Index in keyof Types]: Local }

interface MemoryLimits {
  readonly minimum: number
  readonly maximum: number | undefined
}

interface ImportedMemory extends MemoryLimits {
  readonly module: string
  readonly name: string
}

interface FunctionEntry {
  readonly reference: FunctionReference
  body: Uint8Array | undefined
}

/**
 * A WebAssembly module in the making. Functions are written with {@link Code}; {@link toBytes} gives what `WebAssembly.compile` takes.
 *
 * ```ts
 * const module = new WasmModule()
 * module.defineMemory(1, { exportAs: 'memory' })
 * module.function('sum', ['i32', 'i32'], ['i32'], (code, [a, b]) => code.get(a).get(b).op('i32.add'), { exported: true })
 * ```
 */
export class WasmModule {
  readonly #imports: { module: string; name: string; reference: FunctionReference }[] = []
  readonly #functions: FunctionEntry[] = []
  readonly #globals: { global: Global; start: number }[] = []
  readonly #exports: { name: string; kind: 0 | 2; index: number }[] = []
  readonly #data: { offset: number; bytes: Uint8Array }[] = []
  #memory: MemoryLimits | undefined
  #importedMemory: ImportedMemory | undefined

  /** A function that comes from outside. Imports precede every other function. */
  importFunction(module: string, name: string, parameters: readonly ValueType[], results: readonly ValueType[]): FunctionReference {
    if (this.#functions.length > 0) throw new TypeError('module: imports come before functions')
    const reference = { index: this.#imports.length, name, parameters, results }
    this.#imports.push({ module, name, reference })
    return reference
  }

  importMemory(module: string, name: string, minimumPages: number, maximumPages?: number): void {
    this.#importedMemory = { module, name, minimum: minimumPages, maximum: maximumPages }
  }

  /** The module's own memory, in pages of 64 KiB. */
  defineMemory(minimumPages: number, options: { readonly maximumPages?: number; readonly exportAs?: string } = {}): void {
    this.#memory = { minimum: minimumPages, maximum: options.maximumPages }
    if (options.exportAs !== undefined) this.#exports.push({ name: options.exportAs, kind: 2, index: 0 })
  }

  /** Exports a function, under any name. */
  export(name: string, reference: FunctionReference): void {
    this.#exports.push({ name, kind: 0, index: reference.index })
  }

  /** Bytes that stand in memory when the module starts. */
  data(offset: number, bytes: Uint8Array): void {
    this.#data.push({ offset, bytes })
  }

  /** A mutable i32 global, for instance a stack pointer. */
  global(start: number): Global {
    const global: Global = { index: this.#globals.length, type: 'i32' }
    this.#globals.push({ global, start })
    return global
  }

  /** Announces a function, so that others can call it before {@link define} gives it a body. */
  declare(
    name: string,
    parameters: readonly ValueType[],
    results: readonly ValueType[],
    options: { readonly exported?: boolean } = {},
  ): FunctionReference {
    const reference = { index: this.#imports.length + this.#functions.length, name, parameters, results }
    this.#functions.push({ reference, body: undefined })
    if (options.exported === true) this.#exports.push({ name, kind: 0, index: reference.index })
    return reference
  }

  define(reference: FunctionReference, body: (code: Code, parameters: readonly Local[]) => void): void {
    const entry = this.#functions[reference.index - this.#imports.length]
    if (entry === undefined || entry.body !== undefined) throw new TypeError(`function ${reference.name}: expected one body`)
    const code = new Code(reference.parameters)
    body(
      code,
      reference.parameters.map((type, index) => ({ index, type })),
    )
    entry.body = code.finish()
  }

  /** Declares and defines in one. */
  function<const Types extends readonly ValueType[]>(
    name: string,
    parameters: Types,
    results: readonly ValueType[],
    body: (code: Code, parameters: LocalsOf<Types>) => void,
    options: { readonly exported?: boolean } = {},
  ): FunctionReference {
    const reference = this.declare(name, parameters, results, options)
    // The list is as long as the types: LocalsOf says so, map cannot.
    this.define(reference, (code, locals) => body(code, locals as unknown as LocalsOf<Types>))
    return reference
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const writer = new ByteWriter().bytes(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
    const types = new Map<string, number>()
    const typeIndex = (reference: FunctionReference): number => {
      const key = `${reference.parameters.join()}:${reference.results.join()}`
      const known = types.get(key) ?? types.size
      types.set(key, known)
      return known
    }
    const importTypes = this.#imports.map(({ reference }) => typeIndex(reference))
    const functionTypes = this.#functions.map(({ reference }) => typeIndex(reference))

    section(writer, 1, [...types.keys()], key => typeEntry(key))
    const imports = this.#imports.map((entry, index) =>
      new ByteWriter()
        .name(entry.module)
        .name(entry.name)
        .byte(0)
        .unsigned(importTypes[index] ?? 0),
    )
    const memory = this.#importedMemory
    if (memory !== undefined) imports.push(limits(new ByteWriter().name(memory.module).name(memory.name).byte(2), memory))
    section(writer, 2, imports, entry => entry)
    section(writer, 3, functionTypes, index => new ByteWriter().unsigned(index))
    section(writer, 5, this.#memory === undefined ? [] : [this.#memory], entry => limits(new ByteWriter(), entry))
    section(writer, 6, this.#globals, ({ start }) =>
      new ByteWriter().byte(valueTypeBytes.i32).byte(1).byte(0x41).signed(BigInt(start)).byte(0x0b),
    )
    section(writer, 7, this.#exports, ({ name, kind, index }) => new ByteWriter().name(name).byte(kind).unsigned(index))
    section(writer, 10, this.#functions, ({ reference, body }) => {
      if (body === undefined) throw new TypeError(`function ${reference.name}: no body`)
      return new ByteWriter().unsigned(body.length).bytes(body)
    })
    section(writer, 11, this.#data, ({ offset, bytes }) =>
      new ByteWriter().byte(0).byte(0x41).signed(BigInt(offset)).byte(0x0b).unsigned(bytes.length).bytes(bytes),
    )
    return writer.finish()
  }
}

function section<Entry>(writer: ByteWriter, id: number, entries: readonly Entry[], encode: (entry: Entry) => ByteWriter): void {
  if (entries.length === 0) return
  const content = new ByteWriter().unsigned(entries.length)
  for (const entry of entries) content.bytes(encode(entry).finish())
  const bytes = content.finish()
  writer.byte(id).unsigned(bytes.length).bytes(bytes)
}

function typeEntry(key: string): ByteWriter {
  const writer = new ByteWriter().byte(0x60)
  for (const list of key.split(':')) {
    const names = list === '' ? [] : list.split(',')
    writer.unsigned(names.length)
    for (const name of names) writer.byte(valueTypeBytes[name as ValueType])
  }
  return writer
}

function limits(writer: ByteWriter, { minimum, maximum }: MemoryLimits): ByteWriter {
  if (maximum === undefined) return writer.byte(0).unsigned(minimum)
  return writer.byte(1).unsigned(minimum).unsigned(maximum)
}
