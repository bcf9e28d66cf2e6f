import type { NetworkId } from '@hufu/chains'
import { isHex32, isTitleId, type TitleState } from '@hufu/chains/titles'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected, jsonBytes, storedJson } from '../json.ts'

/** What became of a transfer away from this channel; one for each lock, for good. */
export interface Departure {
  readonly transferId: string
  readonly assetId: string
  readonly contentHash: string
  readonly toNetwork: NetworkId
  readonly toHolder: string
  readonly lockUntilMs: number
  readonly status: 'locked' | 'left' | 'unlocked'
}

/** A title that came, by whose proof it was believed. */
export interface Arrival {
  readonly transferId: string
  readonly assetId: string
  readonly contentHash: string
  readonly fromNetwork: NetworkId
  readonly toHolder: string
  /** Header of the source's that the proof leads to. */
  readonly blockIndex: number
  readonly headerHash: string
}

/** Name of the event by which followers are told of a title's new state. */
const titleChanged = 'title.changed'

export async function findTitle(state: ChaincodeState, assetId: string): Promise<TitleState | undefined> {
  return find(state, titleKey(assetId))
}

/** Keeps a title's new state and tells of it. */
export async function putTitle(state: ChaincodeState, title: TitleState): Promise<TitleState> {
  await state.put(titleKey(title.assetId), jsonBytes(title))
  state.event(titleChanged, jsonBytes(title))
  return title
}

export async function findDeparture(state: ChaincodeState, transferId: string): Promise<Departure | undefined> {
  return find(state, `title/departure/${requireTransferId(transferId)}`)
}

export function putDeparture(state: ChaincodeState, departure: Departure): Promise<void> {
  return state.put(`title/departure/${departure.transferId}`, jsonBytes(departure))
}

/** Under the source's name, too: an identifier that was drawn there cannot be spoiled from anywhere else. */
export async function findArrival(state: ChaincodeState, fromNetwork: NetworkId, transferId: string): Promise<Arrival | undefined> {
  return find(state, `title/arrival/${fromNetwork}/${requireTransferId(transferId)}`)
}

export function putArrival(state: ChaincodeState, arrival: Arrival): Promise<void> {
  return state.put(`title/arrival/${arrival.fromNetwork}/${arrival.transferId}`, jsonBytes(arrival))
}

/** The state of a title does not allow what is asked. */
export function notAllowed(why: string): ChaincodeError {
  return new ChaincodeError('ERR_CHAINCODE_TITLE', why)
}

function titleKey(assetId: string): string {
  if (!isTitleId(assetId)) throw expected('an identifier of 1 to 63 lower-case letters, digits, dots and hyphens')
  return `title/entry/${assetId}`
}

function requireTransferId(text: string): string {
  if (!isHex32(text)) throw expected('a transfer of 64 lower-case hexadecimal digits')
  return text
}

async function find<T>(state: ChaincodeState, key: string): Promise<T | undefined> {
  const stored = await state.get(key)
  return stored === undefined ? undefined : storedJson(stored)
}
