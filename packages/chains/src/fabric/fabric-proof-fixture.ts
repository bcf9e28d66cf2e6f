import { importSigner, type Signer } from '@hufu/keys'
import { bytesToHex, concatBytes, sha256, utf8ToBytes } from '@hufu/primitives'
import type { ChainProof } from '../adapter.ts'
import { parseNetworkId } from '../network-id.ts'
import { type FabricTrust, fabricProofOf } from './fabric-proof.ts'

// For tests: transactions as Fabric's gateway hands them out, endorsed by made-up organisations.

export const network = parseNetworkId('fabric:hospitals@0123456789abcdef')

/** A field with a length: text and nested messages, too. */
export function field(number: number, content: Uint8Array | string): Uint8Array {
  const bytes = typeof content === 'string' ? utf8ToBytes(content) : content
  return concatBytes(varint(number * 8 + 2), varint(bytes.length), bytes)
}

export function integerField(number: number, value: number): Uint8Array {
  return concatBytes(varint(number * 8), varint(value))
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.of(...bytes, rest)
    bytes.push((rest % 128) + 128)
  }
}

/** The signing key of an organisation's peer; one name gives the same each time. */
export function endorserKey(name: string): Promise<Signer> {
  return importSigner('P-256', sha256(utf8ToBytes(`endorser ${name}`)))
}

/** Trust in these organisations' peers. */
export async function trustIn(names: readonly string[], threshold: number): Promise<FabricTrust> {
  const endorsers = await Promise.all(
    names.map(async name => ({ mspId: name, publicKey: bytesToHex((await endorserKey(name)).publicKey.bytes) })),
  )
  return { network, channel: 'hospitals', chaincode: 'hufu', endorsers, threshold }
}

/** What may differ in a transaction. */
export interface FixtureTransaction {
  readonly channel?: string
  readonly chaincode?: string
  readonly answeredBy?: string
  readonly call?: readonly string[]
  readonly result?: string
  readonly status?: number
  readonly type?: number
  readonly transactionId?: string
  /** Of the question that was answered; default: the one asked. */
  readonly proposalHash?: Uint8Array
  /** Which organisations endorse, and with whose key. */
  readonly endorsers: readonly (string | { readonly mspId: string; readonly key: string; readonly highS?: boolean })[]
}

/** A transaction in the form that is signed to be ordered. */
export async function makeTransaction(options: FixtureTransaction): Promise<Uint8Array> {
  const { channel = 'hospitals', chaincode = 'hufu', call = ['registry.get', 'Hospital1MSP', 'radiology'], result = '{}' } = options
  const creator = concatBytes(field(1, 'ClientMSP'), field(2, 'certificate'))
  const nonce = sha256(utf8ToBytes('nonce')).slice(0, 24)
  const signatureHeader = concatBytes(field(1, creator), field(2, nonce))
  const { transactionId = bytesToHex(sha256(concatBytes(nonce, creator))) } = options
  const channelHeader = concatBytes(integerField(1, options.type ?? 3), field(4, channel), field(5, transactionId))
  const input = concatBytes(...call.map(argument => field(1, argument)))
  const proposal = field(1, field(1, concatBytes(integerField(1, 1), field(2, field(2, chaincode)), field(3, input))))
  const read = concatBytes(field(1, 'registry/key'), field(2, concatBytes(integerField(1, 9), integerField(2, 0))))
  const results = concatBytes(
    field(2, concatBytes(field(1, '_lifecycle'), field(2, field(1, concatBytes(field(1, 'x'), field(2, integerField(1, 12))))))),
    field(2, concatBytes(field(1, chaincode), field(2, field(1, read)))),
  )
  const action = concatBytes(
    field(1, results),
    field(3, concatBytes(integerField(1, options.status ?? 200), field(3, result))),
    field(4, field(2, options.answeredBy ?? chaincode)),
  )
  const { proposalHash = sha256(concatBytes(channelHeader, signatureHeader, proposal)) } = options
  const answer = concatBytes(field(1, proposalHash), field(2, action))
  const endorsements = await Promise.all(
    options.endorsers.map(async each => {
      const { mspId, key, highS = false } = typeof each === 'string' ? { mspId: each, key: each } : each
      const identity = concatBytes(field(1, mspId), field(2, `certificate of ${key}`))
      const signature = await (await endorserKey(key)).sign(concatBytes(answer, identity))
      return field(2, concatBytes(field(1, identity), field(2, derOf(signature, highS))))
    }),
  )
  const endorsed = concatBytes(field(1, answer), ...endorsements)
  const actions = field(1, concatBytes(field(1, signatureHeader), field(2, concatBytes(field(1, proposal), field(2, endorsed)))))
  return concatBytes(field(1, concatBytes(field(1, channelHeader), field(2, signatureHeader))), field(2, actions))
}

export async function makeProof(options: FixtureTransaction): Promise<ChainProof> {
  return fabricProofOf(network, await makeTransaction(options))
}

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

/** DER of r ‖ s, with the lower or the higher of the two s that are as good. */
function derOf(signature: Uint8Array, highS: boolean): Uint8Array {
  const [r, s] = [signature.slice(0, 32), signature.slice(32)].map(part => BigInt(`0x${bytesToHex(part)}`)) as [bigint, bigint]
  const isHigh = s > order / 2n
  const content = concatBytes(derInteger(r), derInteger(isHigh === highS ? s : order - s))
  return concatBytes(Uint8Array.of(0x30, content.length), content)
}

function derInteger(value: bigint): Uint8Array {
  const hex = value.toString(16)
  const even = hex.length % 2 === 0 ? hex : `0${hex}`
  const padded = Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even
  const bytes = Uint8Array.from(padded.match(/../g)!, digits => Number.parseInt(digits, 16))
  return concatBytes(Uint8Array.of(0x02, bytes.length), bytes)
}
