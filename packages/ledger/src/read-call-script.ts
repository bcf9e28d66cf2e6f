import { ByteReader, bytesToUtf8, errorCode } from '@hufu/primitives'
import { callFlags } from './call-script.ts'
import { LedgerError } from './errors.ts'
import { type ScriptHash, scriptHashFromBytes } from './script-hash.ts'
import { interop, opcode } from './script-writer.ts'
import { littleEndianInteger, type StackItem } from './stack-item.ts'

/** A call as it stands in a script or a proposal: its arguments are what the contract will find, without the types that it takes them for. */
export interface CallOnStack {
  readonly contract: ScriptHash
  readonly method: string
  readonly args: readonly StackItem[]
}

const maxDepth = 32
const maxSteps = 4096

/**
 * Reads the calls of a script that {@link callScript} wrote, so that whoever is asked to sign it sees what it does.
 *
 * @throws LedgerError `ERR_LEDGER_TRANSACTION`: the script does anything else
 */
export function readCallScript(script: Uint8Array): readonly CallOnStack[] {
  try {
    return read(new ByteReader(script))
  } catch (error) {
    if (errorCode(error) !== 'ERR_ENCODING_BINARY') throw error
    throw malformed()
  }
}

/** Runs the few opcodes that push, pack and call; whatever a call returns is used by nothing after it. */
function read(reader: ByteReader): readonly CallOnStack[] {
  const calls: CallOnStack[] = []
  let stack: StackItem[] = []
  for (let step = 0; reader.remaining > 0; step++) {
    if (step > maxSteps) throw malformed()
    const code = reader.uint8()
    if (code === opcode.sysCall) {
      if (reader.uint32() !== interop['System.Contract.Call']) throw malformed()
      calls.push(takeCall(stack))
      stack = []
    } else if (code === opcode.pack) stack.push(takeArray(stack))
    else stack.push(pushed(code, reader))
  }
  if (stack.length > 0 || calls.length === 0) throw malformed()
  return calls
}

function takeCall(stack: StackItem[]): CallOnStack {
  const [args, flags, method, contract] = stack
  if (stack.length !== 4 || args?.type !== 'Array' || flags?.type !== 'Integer' || flags.value !== BigInt(callFlags.all)) throw malformed()
  if (method?.type !== 'ByteString' || contract?.type !== 'ByteString' || contract.value.length !== 20) throw malformed()
  return { contract: scriptHashFromBytes(contract.value), method: bytesToUtf8(method.value), args: args.value }
}

function takeArray(stack: StackItem[]): StackItem {
  const count = stack.pop()
  if (count?.type !== 'Integer' || count.value < 1n || count.value > BigInt(stack.length)) throw malformed()
  const array: StackItem = { type: 'Array', value: stack.splice(stack.length - Number(count.value)).reverse() }
  if (depthOf(array) > maxDepth) throw malformed()
  return array
}

function depthOf(item: StackItem): number {
  return item.type === 'Array' ? 1 + Math.max(0, ...item.value.map(depthOf)) : 0
}

function pushed(code: number, reader: ByteReader): StackItem {
  if (code >= opcode.pushInt8 && code <= opcode.pushInt8 + 5)
    return { type: 'Integer', value: littleEndianInteger(reader.bytes(2 ** (code - opcode.pushInt8))) }
  if (code >= opcode.pushM1 && code <= opcode.push0 + 16) return { type: 'Integer', value: BigInt(code - opcode.push0) }
  switch (code) {
    case opcode.pushTrue:
    case opcode.pushFalse:
      return { type: 'Boolean', value: code === opcode.pushTrue }
    case opcode.pushNull:
      return { type: 'Any' }
    case opcode.newArray0:
      return { type: 'Array', value: [] }
    case opcode.pushData1:
      return { type: 'ByteString', value: reader.bytes(reader.uint8()) }
    case opcode.pushData2:
      return { type: 'ByteString', value: reader.bytes(reader.uint16()) }
    case opcode.pushData4:
      return { type: 'ByteString', value: reader.bytes(reader.uint32()) }
    default:
      throw malformed()
  }
}

function malformed(): LedgerError {
  return new LedgerError('ERR_LEDGER_TRANSACTION', 'script: expected calls of contracts and nothing else')
}
