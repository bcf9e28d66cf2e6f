import { type Header, LedgerError, parseHeader, verifyHeader } from '@hufu/ledger'
import { base64ToBytes, errorCode, type Json } from '@hufu/primitives'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected, jsonBytes, parseArgument, storedJson } from '../json.ts'
import { findNetwork, findValidators, parseMagic, putValidators, type Validators } from './neo-network.ts'

/** The newest header that the channel was shown. */
export interface NewestHeader {
  readonly blockIndex: number
  readonly hash: string
  readonly timeMs: number
  readonly previousStateRoot: string
}

const maxHeaders = 256
const maxHeaderTextLength = 4096

/**
 * Follows a network: each header must be signed by the validators that the one before names, the first by those that the channel knows. After a
 * change of validators, what the former ones sign is refused. Headers that name nobody new may be left out.
 *
 * @param headersText - JSON array of headers in base64, ascending
 * @throws ChaincodeError `ERR_CHAINCODE_PROOF`: not signed by them; `ERR_CHAINCODE_ROLLBACK`: the channel has seen a newer one;
 *   `ERR_CHAINCODE_FORK`: the validators signed two blocks of one number; `ERR_CHAINCODE_NETWORK`, `ERR_CHAINCODE_REQUEST`
 */
export async function submitHeaders(state: ChaincodeState, magicText: string, headersText: string): Promise<NewestHeader> {
  const { magic } = await findNetwork(state, parseMagic(magicText))
  const headers = parseHeaders(parseArgument(headersText))
  const validators = await findValidators(state, magic)
  const known = await findNewest(state, magic)
  const last = headers.at(-1)!
  if (known !== undefined && last.blockIndex < known.blockIndex)
    throw new ChaincodeError('ERR_CHAINCODE_ROLLBACK', 'the channel has seen a newer header')
  if (known !== undefined && last.hash === known.hash) return known
  await followHeaders(state, magic, validators, headers)
  if (last.blockIndex === known?.blockIndex)
    throw new ChaincodeError('ERR_CHAINCODE_FORK', 'the validators signed two headers of one number')
  const { blockIndex, hash, timeMs, previousStateRoot } = last
  const newest: NewestHeader = { blockIndex, hash, timeMs, previousStateRoot }
  await state.put(newestKey(magic), jsonBytes(newest))
  return newest
}

/** The newest header that `submitHeaders` was given; undefined before the first. */
export async function findNewest(state: ChaincodeState, magic: number): Promise<NewestHeader | undefined> {
  const stored = await state.get(newestKey(magic))
  return stored === undefined ? undefined : storedJson(stored)
}

/**
 * Verifies headers from the known validators on, and keeps who signs next if that has changed. Headers up to the block of the known ones are passed
 * over: whoever shows an entry shows all changes since a beginning of his own.
 *
 * @returns those verified, the last one given among them
 * @throws ChaincodeError `ERR_CHAINCODE_PROOF`, `ERR_CHAINCODE_ROLLBACK`
 */
export async function followHeaders(
  state: ChaincodeState,
  magic: number,
  known: Validators,
  given: readonly Header[],
): Promise<readonly Header[]> {
  const headers = given.filter(header => header.blockIndex > known.blockIndex)
  if (headers.length === 0 || headers.at(-1) !== given.at(-1))
    throw new ChaincodeError('ERR_CHAINCODE_ROLLBACK', 'the channel has followed a change of validators behind the header')
  let trusted = known
  let next = known
  for (const header of headers) {
    if (header.blockIndex <= trusted.blockIndex) throw new ChaincodeError('ERR_CHAINCODE_PROOF', 'expected headers in ascending order')
    await proven(() => verifyHeader(header, { magic, nextConsensus: trusted.nextConsensus }))
    trusted = { blockIndex: header.blockIndex, nextConsensus: header.nextConsensus }
    if (header.nextConsensus !== next.nextConsensus) next = trusted
  }
  if (next !== known) await putValidators(state, magic, next)
  return headers
}

/** @throws ChaincodeError `ERR_CHAINCODE_REQUEST`, `ERR_CHAINCODE_PROOF`: one is no header */
export function parseHeaders(json: Json | undefined): readonly Header[] {
  if (!Array.isArray(json) || json.length < 1 || json.length > maxHeaders) throw expected(`1 to ${maxHeaders} headers`)
  return json.map((text: Json) => parseHeader(parseBase64(text, maxHeaderTextLength)))
}

/** @throws ChaincodeError `ERR_CHAINCODE_REQUEST` */
export function parseBase64(json: Json | undefined, maxLength: number): Uint8Array {
  try {
    if (typeof json === 'string' && json.length <= maxLength) return base64ToBytes(json)
  } catch (error) {
    if (errorCode(error) === undefined) throw error
  }
  throw expected(`base64 of at most ${maxLength} characters`)
}

/** Runs a check of the ledger's; what it refuses, the chaincode refuses. */
export async function proven<T>(check: () => T | Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (cause) {
    if (!(cause instanceof LedgerError)) throw cause
    throw new ChaincodeError('ERR_CHAINCODE_PROOF', cause.message, { cause })
  }
}

function newestKey(magic: number): string {
  return `neo/${magic}/newest`
}
