import { ByteWriter } from './byte-writer.ts'
import {
  type LaneInstruction,
  laneInstructions,
  type MemoryInstruction,
  type MemoryLaneInstruction,
  memoryInstructions,
  memoryLaneInstructions,
  type PlainInstruction,
  plainInstructions,
} from './instructions.ts'

export type ValueType = 'i32' | 'i64' | 'f64' | 'v128'

export const valueTypeBytes: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f64: 0x7c, v128: 0x7b }

/** A parameter or local variable of the function that is being written. */
export interface Local {
  readonly index: number
  readonly type: ValueType
}

/** A mutable global variable of the module. */
export interface Global {
  readonly index: number
  readonly type: ValueType
}

/** A function of the module: one may be called before it has a body. */
export interface FunctionReference {
  readonly index: number
  readonly name: string
  readonly parameters: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** A place to branch to: behind a block, or back to the start of a loop. */
export interface Label {
  readonly depth: number
}

const emptyBlockType = 0x40

/**
 * Writes a function's body, instruction by instruction, in the order of WebAssembly's stack machine. Methods return the writer, so that an
 * expression reads on one line: `code.get(a).get(b).op('i32.add').set(c)`.
 */
export class Code {
  readonly #bytes = new ByteWriter()
  readonly #locals: ValueType[] = []
  readonly #parameterCount: number
  #depth = 0

  constructor(parameters: readonly ValueType[]) {
    this.#parameterCount = parameters.length
  }

  /** A new local variable; starts as zero. */
  local(type: ValueType): Local {
    this.#locals.push(type)
    return { index: this.#parameterCount + this.#locals.length - 1, type }
  }

  /** Several new local variables of one type. */
  locals(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type))
  }

  op(name: PlainInstruction): this {
    return this.#opcode(plainInstructions[name])
  }

  get(local: Local): this {
    this.#bytes.byte(0x20).unsigned(local.index)
    return this
  }

  set(local: Local): this {
    this.#bytes.byte(0x21).unsigned(local.index)
    return this
  }

  /** Sets a local and leaves the value on the stack. */
  tee(local: Local): this {
    this.#bytes.byte(0x22).unsigned(local.index)
    return this
  }

  getGlobal(global: Global): this {
    this.#bytes.byte(0x23).unsigned(global.index)
    return this
  }

  setGlobal(global: Global): this {
    this.#bytes.byte(0x24).unsigned(global.index)
    return this
  }

  i32(value: number): this {
    this.#bytes.byte(0x41).signed32(value | 0)
    return this
  }

  i64(value: bigint): this {
    this.#bytes.byte(0x42).signed(BigInt.asIntN(64, value))
    return this
  }

  f64(value: number): this {
    this.#bytes.byte(0x44).float64(value)
    return this
  }

  /** A constant with the same 64 bits in both lanes. Slow in V8 inside hot code: load it from memory there. */
  i64x2(value: bigint): this {
    this.#opcode(0xfd0c)
    this.#bytes.uint64(BigInt.asUintN(64, value)).uint64(BigInt.asUintN(64, value))
    return this
  }

  /** Takes the two 64-bit lanes at these positions (0, 1: first operand; 2, 3: second) as the new low and high lane. */
  shuffle64(low: 0 | 1 | 2 | 3, high: 0 | 1 | 2 | 3): this {
    this.#opcode(0xfd0d)
    for (const lane of [low, high]) for (let byte = 0; byte < 8; byte++) this.#bytes.byte(lane * 8 + byte)
    return this
  }

  /** A load or store at `address on the stack + offset`. For a store the value is on top of the address. */
  memory(name: MemoryInstruction, offset = 0): this {
    const [opcode, alignment] = memoryInstructions[name]
    this.#opcode(opcode)
    this.#bytes.unsigned(alignment).unsigned(offset)
    return this
  }

  /** A load into, or store of, one 64-bit lane. */
  memoryLane(name: MemoryLaneInstruction, lane: 0 | 1, offset = 0): this {
    const [opcode, alignment] = memoryLaneInstructions[name]
    this.#opcode(opcode)
    this.#bytes.unsigned(alignment).unsigned(offset).byte(lane)
    return this
  }

  lane(name: LaneInstruction, lane: number): this {
    this.#opcode(laneInstructions[name])
    this.#bytes.byte(lane)
    return this
  }

  /** Copies bytes within memory; on the stack: destination, source, length. */
  memoryCopy(): this {
    this.#bytes.byte(0xfc).unsigned(10).byte(0).byte(0)
    return this
  }

  /** Fills memory; on the stack: destination, byte, length. */
  memoryFill(): this {
    this.#bytes.byte(0xfc).unsigned(11).byte(0)
    return this
  }

  call(target: FunctionReference): this {
    this.#bytes.byte(0x10).unsigned(target.index)
    return this
  }

  /** Code that can be left by branching to the label it is given. */
  block(body: (exit: Label) => void): this {
    return this.#nested(0x02, emptyBlockType, body)
  }

  /** Code that starts again by branching to the label it is given. */
  loop(body: (again: Label) => void): this {
    return this.#nested(0x03, emptyBlockType, body)
  }

  /** Runs one of two bodies by the i32 on the stack. With `result`, both leave a value of that type. */
  if(then: () => void, otherwise?: () => void, result?: ValueType): this {
    return this.#nested(0x04, result === undefined ? emptyBlockType : valueTypeBytes[result], () => {
      then()
      if (otherwise !== undefined) {
        this.#bytes.byte(0x05)
        otherwise()
      }
    })
  }

  branch(label: Label): this {
    this.#bytes.byte(0x0c).unsigned(this.#depth - label.depth)
    return this
  }

  branchIf(label: Label): this {
    this.#bytes.byte(0x0d).unsigned(this.#depth - label.depth)
    return this
  }

  /** Runs the body `count` times (an i32 local, unsigned, may be 0); `counter` goes from 0 upwards. */
  repeat(counter: Local, count: Local, body: () => void): this {
    this.i32(0).set(counter)
    return this.block(exit => {
      this.loop(again => {
        this.get(counter).get(count).op('i32.ge_u').branchIf(exit)
        body()
        this.get(counter).i32(1).op('i32.add').set(counter).branch(again)
      })
    })
  }

  /** The body as the code section holds it, without its length. */
  finish(): Uint8Array {
    if (this.#depth !== 0) throw new TypeError('code: a block is still open')
    const writer = new ByteWriter()
    const runs: [ValueType, number][] = []
    for (const type of this.#locals) {
      const last = runs.at(-1)
      if (last !== undefined && last[0] === type) last[1]++
      else runs.push([type, 1])
    }
    writer.unsigned(runs.length)
    for (const [type, count] of runs) writer.unsigned(count).byte(valueTypeBytes[type])
    return writer.bytes(this.#bytes.finish()).byte(0x0b).finish()
  }

  #opcode(opcode: number): this {
    if (opcode >= 0xfd000) this.#bytes.byte(0xfd).unsigned(opcode - 0xfd000)
    else if (opcode >= 0xfd00) this.#bytes.byte(0xfd).unsigned(opcode - 0xfd00)
    else this.#bytes.byte(opcode)
    return this
  }

  #nested(opcode: number, type: number, body: (label: Label) => void): this {
    this.#bytes.byte(opcode).byte(type)
    this.#depth++
    body({ depth: this.#depth })
    this.#depth--
    this.#bytes.byte(0x0b)
    return this
  }
}
