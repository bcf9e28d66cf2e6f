import type { Argument } from './argument.ts'
import type { ContractCall } from './contract-call.ts'
import { hash256ToBytes } from './hash256.ts'
import { scriptHashToBytes } from './script-hash.ts'
import { opcode, ScriptWriter } from './script-writer.ts'

/** What a called contract may do (Neo call flags). */
export const callFlags = { readOnly: 0x05, all: 0x0f } as const

const maxScriptLength = 0xffff

/**
 * The script that makes calls one after the other and leaves what each returns on the stack.
 *
 * @param access - `readOnly`: a method that would write or notify fails
 * @throws TypeError: over 65,535 bytes, or an argument out of its type's range
 */
export function callScript(calls: readonly ContractCall[], access: keyof typeof callFlags): Uint8Array<ArrayBuffer> {
  const script = new ScriptWriter()
  for (const { contract, method, args } of calls) {
    writeArray(script, args)
    script.integer(BigInt(callFlags[access])).text(method).bytes(scriptHashToBytes(contract)).sysCall('System.Contract.Call')
  }
  const bytes = script.toBytes()
  if (bytes.length > maxScriptLength) throw new TypeError(`script is over ${maxScriptLength} bytes`)
  return bytes
}

/** The VM packs from the top of the stack: the last member goes first. */
function writeArray(script: ScriptWriter, members: readonly Argument[]): void {
  if (members.length === 0) {
    script.op(opcode.newArray0)
    return
  }
  for (const member of members.toReversed()) writeArgument(script, member)
  script.integer(BigInt(members.length)).op(opcode.pack)
}

function writeArgument(script: ScriptWriter, argument: Argument): void {
  switch (argument.type) {
    case 'Hash160':
      script.bytes(scriptHashToBytes(argument.value))
      break
    case 'Hash256':
      script.bytes(hash256ToBytes(argument.value))
      break
    case 'Integer':
      script.integer(argument.value)
      break
    case 'ByteArray':
    case 'PublicKey':
      script.bytes(argument.value)
      break
    case 'String':
      script.text(argument.value)
      break
    case 'Boolean':
      script.op(argument.value ? opcode.pushTrue : opcode.pushFalse)
      break
    case 'Array':
      writeArray(script, argument.value)
      break
    case 'Any':
      script.op(opcode.pushNull)
      break
  }
}
