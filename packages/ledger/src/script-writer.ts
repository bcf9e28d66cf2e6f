import { ByteWriter, utf8ToBytes } from '@hufu/primitives'

/** Opcodes of the NeoVM that a transaction's script needs. */
export const opcode = {
  pushInt8: 0x00,
  pushTrue: 0x08,
  pushFalse: 0x09,
  pushNull: 0x0b,
  pushData1: 0x0c,
  pushData2: 0x0d,
  pushData4: 0x0e,
  pushM1: 0x0f,
  push0: 0x10,
  sysCall: 0x41,
  pack: 0xc0,
  newArray0: 0xc2,
} as const

/** Interop services by the first four bytes of the SHA-256 of their names, as little-endian integer. */
export const interop = {
  'System.Contract.Call': 0x525b7d62,
  'System.Crypto.CheckSig': 0x27b3e756,
  'System.Crypto.CheckMultisig': 0x3adcd09e,
} as const

const maxIntegerBytes = 32

/** Writes a NeoVM script, byte for byte as neo-go does. */
export class ScriptWriter {
  readonly #out = new ByteWriter()

  /** @throws TypeError: over 256 bits */
  integer(value: bigint): this {
    // 16 would fit PUSH16, but neo-go has PUSHINT8 here, and the address of an account of 16 keys depends on it.
    if (value >= -1n && value <= 15n) return this.op(opcode.push0 + Number(value))
    let size = 1
    for (let step = 0; size <= maxIntegerBytes; step++, size *= 2) {
      const encoded = BigInt.asUintN(size * 8, value)
      if (BigInt.asIntN(size * 8, encoded) !== value) continue
      this.op(opcode.pushInt8 + step)
      for (let index = 0; index < size; index++) this.#out.uint8(Number((encoded >> BigInt(index * 8)) & 0xffn))
      return this
    }
    throw new TypeError('integer is over 256 bits')
  }

  bytes(bytes: Uint8Array): this {
    if (bytes.length <= 0xff) this.#out.uint8(opcode.pushData1).uint8(bytes.length)
    else if (bytes.length <= 0xffff) this.#out.uint8(opcode.pushData2).uint16(bytes.length)
    else this.#out.uint8(opcode.pushData4).uint32(bytes.length)
    this.#out.bytes(bytes)
    return this
  }

  text(text: string): this {
    return this.bytes(utf8ToBytes(text))
  }

  op(code: number): this {
    this.#out.uint8(code)
    return this
  }

  sysCall(name: keyof typeof interop): this {
    this.#out.uint8(opcode.sysCall).uint32(interop[name])
    return this
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#out.toBytes()
  }
}
