import { ByteReader, ByteWriter, bytesToHex, errorCode } from '@hufu/primitives'
import { LedgerError } from './errors.ts'
import { littleEndianInteger, type StackItem } from './stack-item.ts'

/** Type bytes of neo-go pkg/vm/stackitem. */
const itemType = { any: 0x00, boolean: 0x20, integer: 0x21, byteString: 0x28, buffer: 0x30, array: 0x40, struct: 0x41, map: 0x48 } as const

const maxItems = 2048
const maxDepth = 32
const maxLength = 65_535
const maxIntegerLength = 32
const maxMapKeyLength = 64

/**
 * Decodes what a contract wrote with `std.Serialize`, such as the value of a verified storage entry.
 *
 * @param bytes - at most 65,535, which is what a storage entry can hold
 * @throws LedgerError `ERR_LEDGER_ANSWER`: not the one form that Neo nodes write, over 2,048 items, or nested over 32 levels
 */
export function deserializeStackItem(bytes: Uint8Array): StackItem {
  if (bytes.length > maxLength) throw malformed(`at most ${maxLength} bytes`)
  const reader = new ByteReader(bytes)
  try {
    const item = new ItemReader(reader).read(0)
    reader.end()
    return item
  } catch (cause) {
    if (errorCode(cause) !== 'ERR_ENCODING_BINARY') throw cause
    throw malformed('the binary form of a stack item', cause)
  }
}

/**
 * Encodes an item as `std.Serialize` does: what a contract that hashes its arguments would see.
 *
 * @throws TypeError: over 65,535 bytes, over 2,048 items, nested over 32 levels, or a map key that no node takes
 */
export function serializeStackItem(item: StackItem): Uint8Array<ArrayBuffer> {
  const writer = new ItemWriter()
  writer.write(item, 0)
  const bytes = writer.toBytes()
  if (bytes.length > maxLength) throw new TypeError(`stack item is over ${maxLength} bytes`)
  return bytes
}

class ItemWriter {
  readonly #out = new ByteWriter()
  #items = 0

  write(item: StackItem, depth: number): void {
    if (depth > maxDepth) throw new TypeError(`stack item is nested over ${maxDepth} levels`)
    if (++this.#items > maxItems) throw new TypeError(`stack item holds over ${maxItems} items`)
    switch (item.type) {
      case 'Any':
        this.#out.uint8(itemType.any)
        return
      case 'Boolean':
        this.#out.uint8(itemType.boolean).uint8(item.value ? 1 : 0)
        return
      case 'Integer':
        this.#out.uint8(itemType.integer).varBytes(integerBytes(item.value))
        return
      case 'ByteString':
      case 'Buffer':
        this.#out.uint8(item.type === 'Buffer' ? itemType.buffer : itemType.byteString).varBytes(item.value)
        return
      case 'Array':
      case 'Struct':
        this.#out.uint8(item.type === 'Struct' ? itemType.struct : itemType.array).varUint(item.value.length)
        for (const member of item.value) this.write(member, depth + 1)
        return
      case 'Map':
        this.#out.uint8(itemType.map).varUint(item.value.length)
        for (const [key, value] of item.value) {
          nameOf(key)
          this.write(key, depth + 1)
          this.write(value, depth + 1)
        }
        return
    }
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#out.toBytes()
  }
}

/** Two's complement, little-endian, in as few bytes as hold it; zero is none. */
function integerBytes(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array(0)
  for (let length = 1; length <= maxIntegerLength; length++) {
    const bits = BigInt.asUintN(length * 8, value)
    if (BigInt.asIntN(length * 8, bits) !== value) continue
    return Uint8Array.from({ length }, (_, index) => Number((bits >> BigInt(index * 8)) & 0xffn))
  }
  throw new TypeError('integer is over 256 bits')
}

class ItemReader {
  readonly #reader: ByteReader
  #items = 0

  constructor(reader: ByteReader) {
    this.#reader = reader
  }

  read(depth: number): StackItem {
    if (depth > maxDepth) throw malformed(`nesting of at most ${maxDepth} levels`)
    if (++this.#items > maxItems) throw malformed(`at most ${maxItems} items`)
    switch (this.#reader.uint8()) {
      case itemType.any:
        return { type: 'Any' }
      case itemType.boolean:
        return { type: 'Boolean', value: this.#boolean() }
      case itemType.integer:
        return { type: 'Integer', value: this.#integer() }
      case itemType.byteString:
        return { type: 'ByteString', value: this.#reader.varBytes(maxLength) }
      case itemType.buffer:
        return { type: 'Buffer', value: this.#reader.varBytes(maxLength) }
      case itemType.array:
        return { type: 'Array', value: this.#members(depth) }
      case itemType.struct:
        return { type: 'Struct', value: this.#members(depth) }
      case itemType.map:
        return { type: 'Map', value: this.#entries(depth) }
      default:
        throw malformed('an item of a known type')
    }
  }

  #boolean(): boolean {
    const byte = this.#reader.uint8()
    if (byte > 1) throw malformed('0 or 1 as boolean')
    return byte === 1
  }

  #integer(): bigint {
    const bytes = this.#reader.varBytes(maxIntegerLength)
    const last = bytes.at(-1)
    const signOfRest = (bytes.at(-2) ?? 0) & 0x80
    // Two's complement: a last byte that only repeats the sign is one too many, and zero is no byte at all.
    if ((last === 0x00 && signOfRest === 0) || (last === 0xff && signOfRest !== 0)) throw malformed('an integer in its shortest form')
    return littleEndianInteger(bytes)
  }

  #members(depth: number): readonly StackItem[] {
    const count = this.#reader.varUint(maxItems)
    return Array.from({ length: count }, () => this.read(depth + 1))
  }

  #entries(depth: number): readonly (readonly [StackItem, StackItem])[] {
    const count = this.#reader.varUint(maxItems)
    const entries = Array.from({ length: count }, () => [this.read(depth + 1), this.read(depth + 1)] as const)
    const names = new Set(entries.map(([key]) => nameOf(key)))
    if (names.size !== count) throw malformed('each map key once')
    return entries
  }
}

/** A text of its own for each map key; only primitive items can be one. */
function nameOf(key: StackItem): string {
  if (key.type === 'Boolean' || key.type === 'Integer') return `${key.type}:${key.value}`
  if (key.type === 'ByteString' && key.value.length <= maxMapKeyLength) return `${key.type}:${bytesToHex(key.value)}`
  throw malformed(`a boolean, an integer or at most ${maxMapKeyLength} bytes as map key`)
}

function malformed(expected: string, cause?: unknown): LedgerError {
  return new LedgerError('ERR_LEDGER_ANSWER', `expected ${expected}`, { cause })
}
