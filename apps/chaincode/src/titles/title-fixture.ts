import { type StackItem, serializeStackItem } from '@hufu/ledger'
import { bytesToBase64, bytesToUtf8, hexToBytes, utf8ToBytes } from '@hufu/primitives'
import { contract, makeHeader, makeState, validatorSet } from '../../../../packages/ledger/test/synthetic-chain.ts'
import { callChaincode } from '../call-chaincode.ts'
import { FixtureChannel } from '../chaincode-fixture.ts'

// For tests: a channel with rules for titles, and a made-up Neo network, with real signatures, from which they come.

export const magic = 77
export const neo = `neo3:${magic}`
export const own = 'fabric:hospitals@0123456789abcdef'
export const ours = 'fabric-0123456789abcdef.licence'
export const theirs = 'neo3-77.licence'
export const hospital = 'did:neo:test:NHospital'
export const bureau = 'did:neo:other:NBureau'
export const contentHash = 'c0'.repeat(32)
/** Number of the contract `titles` on the made-up network. */
export const contractId = 12
export const validators = await validatorSet('first', 4)

export const rules = {
  network: own,
  registrars: { Hospital1MSP: [hospital], Hospital2MSP: ['did:neo:test:NSecond'] },
  networks: { [neo]: { contractId, isOn: true } } as Record<string, { contractId: number; isOn: boolean }>,
}

/** A transfer's identifier by a number. */
export const transferOf = (number: number): string => number.toString(16).padStart(64, '0')

/** A channel that follows the made-up network and has rules. */
export async function channelWithTitles(): Promise<FixtureChannel> {
  const channel = new FixtureChannel()
  const others = { hash: '22'.repeat(20), id: 9 }
  const pin = {
    name: 'test',
    magic,
    blockIndex: 0,
    nextConsensus: validators.scriptHash,
    contracts: { identifiers: contract, status: others, trust: others },
  }
  await channel.call(state => callChaincode(state, 'neo.pin', [JSON.stringify(pin)]), { isAdmin: true })
  await setRules(channel)
  return channel
}

export function setRules(channel: FixtureChannel, changes: object = {}): Promise<Uint8Array> {
  return channel.call(state => callChaincode(state, 'title.rules', [JSON.stringify({ ...rules, ...changes })]), { isAdmin: true })
}

/** Calls the chaincode in the name of an organisation. */
export async function ask(channel: FixtureChannel, mspId: string, name: string, ...args: string[]) {
  return JSON.parse(bytesToUtf8(await channel.call(state => callChaincode(state, name, args), { mspId })))
}

/** What Neo's contract keeps of a title that left. */
export interface FixtureRecord {
  readonly assetId?: string
  readonly contentHash?: string
  readonly toNetwork?: string
  readonly toHolder?: string
}

/** What may differ in the proof of it. */
export interface FixtureProof {
  readonly transferId?: string
  readonly key?: Uint8Array
  readonly contractId?: number
  readonly blockIndex?: number
  readonly signatures?: number
  readonly signedBy?: Awaited<ReturnType<typeof validatorSet>>
  readonly signedFor?: number
}

export function leftRecord({
  assetId = theirs,
  contentHash: hash = contentHash,
  toNetwork = own,
  toHolder = hospital,
}: FixtureRecord = {}): Uint8Array {
  const text = (value: string): StackItem => ({ type: 'ByteString', value: utf8ToBytes(value) })
  const integer = (value: bigint): StackItem => ({ type: 'Integer', value })
  const value = [
    text(assetId),
    { type: 'ByteString', value: hexToBytes(hash) } as StackItem,
    text(toNetwork),
    text(toHolder),
    text(bureau),
    integer(1n),
    integer(2n),
  ]
  return serializeStackItem({ type: 'Struct', value })
}

/** A proof bundle of an entry of the made-up network's contract `titles`. */
export async function bundleOf(value: Uint8Array, options: FixtureProof = {}) {
  const { transferId = transferOf(1), blockIndex = 5, signedBy = validators } = options
  const { key = Uint8Array.of(0x02, ...hexToBytes(transferId)), contractId: contractNumber = contractId } = options
  const { root, proof } = makeState(value, { contractId: contractNumber, key })
  const header = await makeHeader({
    magic: options.signedFor ?? magic,
    blockIndex,
    signedBy,
    next: signedBy,
    stateRoot: root,
    signatures: options.signatures ?? signedBy.threshold,
  })
  return {
    version: 1,
    magic,
    contractId: contractNumber,
    key: bytesToBase64(key),
    headers: [bytesToBase64(header.bytes)],
    proof: bytesToBase64(proof),
  }
}
