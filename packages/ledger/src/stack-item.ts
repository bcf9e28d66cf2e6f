import { base64ToBytes, bytesToUtf8, errorCode } from '@hufu/primitives'
import { LedgerError } from './errors.ts'
import { type ScriptHash, scriptHashFromBytes } from './script-hash.ts'

/** A value of the NeoVM, as results and notifications carry it. */
export type StackItem =
  | { readonly type: 'Any' }
  | { readonly type: 'Boolean'; readonly value: boolean }
  | { readonly type: 'Integer'; readonly value: bigint }
  | { readonly type: 'ByteString' | 'Buffer'; readonly value: Uint8Array }
  | { readonly type: 'Array' | 'Struct'; readonly value: readonly StackItem[] }
  | { readonly type: 'Map'; readonly value: readonly (readonly [StackItem, StackItem])[] }

const maxDepth = 32
const maxIntegerDigits = 78

/**
 * Parses a stack item from its JSON-RPC form. Pointers and interop interfaces (iterators) are refused.
 *
 * @throws LedgerError `ERR_LEDGER_ANSWER`
 */
export function parseStackItem(json: unknown, depth = 0): StackItem {
  if (depth > maxDepth) throw malformed(`stack item nested at most ${maxDepth} levels`)
  if (typeof json !== 'object' || json === null) throw malformed('a stack item')
  const { type, value } = json as { type?: unknown; value?: unknown }
  switch (type) {
    case 'Any':
      return { type }
    case 'Boolean':
      if (typeof value !== 'boolean') throw malformed('a Boolean stack item')
      return { type, value }
    case 'Integer':
      if (typeof value !== 'string' || value.length > maxIntegerDigits || !/^-?\d+$/.test(value)) throw malformed('an Integer stack item')
      return { type, value: BigInt(value) }
    case 'ByteString':
    case 'Buffer':
      return { type, value: bytesOf(value) }
    case 'Array':
    case 'Struct':
      if (!Array.isArray(value)) throw malformed('an Array stack item')
      return { type, value: value.map(item => parseStackItem(item, depth + 1)) }
    case 'Map':
      if (!Array.isArray(value)) throw malformed('a Map stack item')
      return { type, value: value.map(entry => parseEntry(entry, depth + 1)) }
    default:
      throw malformed('a stack item of a known type')
  }
}

function parseEntry(json: unknown, depth: number): readonly [StackItem, StackItem] {
  if (typeof json !== 'object' || json === null) throw malformed('a Map entry')
  const { key, value } = json as { key?: unknown; value?: unknown }
  return [parseStackItem(key, depth), parseStackItem(value, depth)]
}

function bytesOf(value: unknown): Uint8Array {
  try {
    if (typeof value === 'string') return base64ToBytes(value)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw malformed('a base64 stack item')
}

/** True for null. */
export function isNull(item: StackItem | undefined): boolean {
  return item?.type === 'Any'
}

/** The integer of an Integer, or of the bytes or boolean that the VM would take as one. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function asInteger(item: StackItem | undefined): bigint {
  if (item?.type === 'Integer') return item.value
  if (item?.type === 'Boolean') return item.value ? 1n : 0n
  if (item?.type === 'ByteString' && item.value.length <= 32) return littleEndianInteger(item.value)
  throw malformed('an integer')
}

/** The bytes of a ByteString or Buffer. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function asBytes(item: StackItem | undefined): Uint8Array {
  if (item?.type === 'ByteString' || item?.type === 'Buffer') return item.value
  throw malformed('bytes')
}

/** The text of UTF-8 bytes. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function asText(item: StackItem | undefined): string {
  try {
    return bytesToUtf8(asBytes(item))
  } catch (error) {
    if (errorCode(error) !== 'ERR_ENCODING_BINARY') throw error
    throw malformed('UTF-8 text')
  }
}

/** The boolean of a Boolean, or of 0 or 1. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function asBoolean(item: StackItem | undefined): boolean {
  if (item?.type === 'Boolean') return item.value
  const value = asInteger(item)
  if (value !== 0n && value !== 1n) throw malformed('a boolean')
  return value === 1n
}

/**
 * The members of a Struct or Array.
 *
 * @param length - members it must have at least; an upgraded contract may append more
 * @throws LedgerError `ERR_LEDGER_ANSWER`
 */
export function asStruct(item: StackItem | undefined, length = 0): readonly StackItem[] {
  if ((item?.type === 'Struct' || item?.type === 'Array') && item.value.length >= length) return item.value
  throw malformed(`a struct of ${length} members or more`)
}

/** The script hash of 20 bytes. @throws LedgerError `ERR_LEDGER_ANSWER` */
export function asScriptHash(item: StackItem | undefined): ScriptHash {
  const bytes = asBytes(item)
  if (bytes.length !== 20) throw malformed('a script hash of 20 bytes')
  return scriptHashFromBytes(bytes)
}

/** Two's complement, little-endian, as the VM keeps integers in bytes. */
export function littleEndianInteger(bytes: Uint8Array): bigint {
  let value = 0n
  for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index]!)
  return BigInt.asIntN(Math.max(bytes.length, 1) * 8, value)
}

function malformed(expected: string): LedgerError {
  return new LedgerError('ERR_LEDGER_ANSWER', `expected ${expected}`)
}
