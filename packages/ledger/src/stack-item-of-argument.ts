import { utf8ToBytes } from '@hufu/primitives'
import type { Argument } from './argument.ts'
import { hash256ToBytes } from './hash256.ts'
import { scriptHashToBytes } from './script-hash.ts'
import type { StackItem } from './stack-item.ts'

/** What a contract finds on its stack where a transaction's script passed the argument. */
export function stackItemOfArgument(argument: Argument): StackItem {
  switch (argument.type) {
    case 'Hash160':
      return { type: 'ByteString', value: scriptHashToBytes(argument.value) }
    case 'Hash256':
      return { type: 'ByteString', value: hash256ToBytes(argument.value) }
    case 'Integer':
      return { type: 'Integer', value: argument.value }
    case 'ByteArray':
    case 'PublicKey':
      return { type: 'ByteString', value: argument.value }
    case 'String':
      return { type: 'ByteString', value: utf8ToBytes(argument.value) }
    case 'Boolean':
      return { type: 'Boolean', value: argument.value }
    case 'Array':
      return { type: 'Array', value: argument.value.map(stackItemOfArgument) }
    case 'Any':
      return { type: 'Any' }
  }
}
