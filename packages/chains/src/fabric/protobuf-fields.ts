import { ChainError } from '../errors.ts'

/** Fields of a protobuf message by number: integers, or bytes of whatever has a length. */
export class ProtobufFields {
  readonly #fields: ReadonlyMap<number, readonly (bigint | Uint8Array)[]>

  /** @throws ChainError `ERR_CHAIN_PROOF`: not a message, or with groups, which nobody has written since long */
  constructor(bytes: Uint8Array) {
    this.#fields = readFields(bytes)
  }

  /** A field that stands once. @throws ChainError `ERR_CHAIN_PROOF`: missing, twice, or an integer */
  bytes(number: number): Uint8Array {
    const value = this.#one(number)
    if (!(value instanceof Uint8Array)) throw malformed()
    return value
  }

  /** As {@link bytes}; empty if there is none, as empty fields are left out. */
  optionalBytes(number: number): Uint8Array {
    return this.#fields.has(number) ? this.bytes(number) : new Uint8Array()
  }

  /** A text that stands once, or is empty. */
  text(number: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(this.optionalBytes(number))
    } catch {
      throw malformed()
    }
  }

  /** An integer that stands once, or is 0. */
  integer(number: number): bigint {
    const value = this.#fields.has(number) ? this.#one(number) : 0n
    if (typeof value !== 'bigint') throw malformed()
    return value
  }

  /** A message that stands once. */
  message(number: number): ProtobufFields {
    return new ProtobufFields(this.bytes(number))
  }

  /** All fields of a number. */
  repeated(number: number): readonly Uint8Array[] {
    const values = this.#fields.get(number) ?? []
    if (!values.every(value => value instanceof Uint8Array)) throw malformed()
    return values
  }

  /** Readers differ over which of two counts: neither does here. */
  #one(number: number): bigint | Uint8Array {
    const values = this.#fields.get(number)
    if (values?.length !== 1) throw malformed()
    return values[0]!
  }
}

// https://protobuf.dev/programming-guides/encoding/
function readFields(bytes: Uint8Array): ReadonlyMap<number, readonly (bigint | Uint8Array)[]> {
  const fields = new Map<number, (bigint | Uint8Array)[]>()
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++]
      if (byte === undefined) throw malformed()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw malformed()
  }
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw malformed()
    at += length
    return bytes.slice(at - length, at)
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    const number = Math.floor(tag / 8)
    const value = readValue(tag % 8, varint, take)
    fields.set(number, [...(fields.get(number) ?? []), value])
  }
  return fields
}

function readValue(wireType: number, varint: () => bigint, take: (length: number) => Uint8Array): bigint | Uint8Array {
  switch (wireType) {
    case 0:
      return varint()
    case 1:
      return take(8)
    case 2:
      return take(Number(varint()))
    case 5:
      return take(4)
    default:
      throw malformed()
  }
}

function malformed(): ChainError {
  return new ChainError('ERR_CHAIN_PROOF', 'expected a message of Fabric')
}
