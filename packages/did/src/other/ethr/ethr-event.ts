import { bytesToHex, bytesToUtf8, errorCode } from '@hufu/primitives'
import { DidError } from '../../errors.ts'
import { eventTopic, hexBytes } from './ethereum-address.ts'
import type { EthrLog } from './ethr-registry.ts'

/** A change that the registry recorded. `previousBlock`: the one with the identity's change before this one; 0 if there was none. */
export type EthrEvent =
  | { readonly kind: 'owner'; readonly owner: string; readonly previousBlock: number }
  | {
      readonly kind: 'delegate'
      readonly type: string
      readonly delegate: string
      readonly validToSeconds: bigint
      readonly previousBlock: number
    }
  | {
      readonly kind: 'attribute'
      readonly name: string
      readonly value: Uint8Array
      readonly validToSeconds: bigint
      readonly previousBlock: number
    }

const maxValueBytes = 4096

/**
 * An event of ERC-1056 out of its log.
 *
 * @param identityTopic - the identity, as the event must name it
 * @returns undefined for an event of another kind
 * @throws DidError `ERR_DID_ANSWER`: of another identity, or not encoded as its interface says
 */
export function parseEthrEvent({ topics, data }: EthrLog, identityTopic: string): EthrEvent | undefined {
  const signature = signatures.find(each => eventTopic(each) === topics[0])
  if (signature === undefined) return undefined
  if (topics.length !== 2 || topics[1]!.toLowerCase() !== identityTopic) throw malformed()
  const words = new Words(data)
  if (signature === ownerChanged) return { kind: 'owner', owner: words.address(0), previousBlock: words.block(1) }
  if (signature === delegateChanged) {
    const [type, delegate, validToSeconds] = [words.name(0), words.address(1), words.number(2)]
    return { kind: 'delegate', type, delegate, validToSeconds, previousBlock: words.block(3) }
  }
  const [name, value, validToSeconds] = [words.name(0), words.bytes(1), words.number(2)]
  return { kind: 'attribute', name, value, validToSeconds, previousBlock: words.block(3) }
}

const ownerChanged = 'DIDOwnerChanged(address,address,uint256)'
const delegateChanged = 'DIDDelegateChanged(address,bytes32,address,uint256,uint256)'
const attributeChanged = 'DIDAttributeChanged(address,bytes32,bytes,uint256,uint256)'
const signatures = [ownerChanged, delegateChanged, attributeChanged]

/** Values of the ABI: 32 bytes each. */
export class Words {
  readonly #bytes: Uint8Array

  constructor(data: string) {
    if (!/^0x(?:[0-9a-fA-F]{64}){1,512}$/.test(data)) throw malformed()
    this.#bytes = hexBytes(data)
  }

  number(index: number): bigint {
    return BigInt(`0x${bytesToHex(this.#word(index))}`)
  }

  block(index: number): number {
    const number = this.number(index)
    if (number > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed()
    return Number(number)
  }

  /** `0x` and 40 digits in lower case. */
  address(index: number): string {
    const word = this.#word(index)
    if (word.subarray(0, 12).some(byte => byte !== 0)) throw malformed()
    return `0x${bytesToHex(word.subarray(12))}`
  }

  /** Text in a `bytes32`, filled up with zeros. What is not text is none of the names that mean something. */
  name(index: number): string {
    const word = this.#word(index)
    const end = word.indexOf(0)
    try {
      return bytesToUtf8(end < 0 ? word : word.subarray(0, end))
    } catch (error) {
      if (errorCode(error) === undefined) throw error
      return ''
    }
  }

  bytes(index: number): Uint8Array {
    const offset = this.block(index)
    if (offset % 32 !== 0 || offset + 32 > this.#bytes.length) throw malformed()
    const length = this.block(offset / 32)
    if (length > maxValueBytes || offset + 32 + length > this.#bytes.length) throw malformed()
    return this.#bytes.slice(offset + 32, offset + 32 + length)
  }

  #word(index: number): Uint8Array {
    const word = this.#bytes.subarray(index * 32, index * 32 + 32)
    if (word.length !== 32) throw malformed()
    return word
  }
}

function malformed(): DidError {
  return new DidError('ERR_DID_ANSWER', 'expected data of the registry in the form of ERC-1056')
}
