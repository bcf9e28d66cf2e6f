import type { NetworkId } from '@hufu/chains'
import { isHolder, type TitleState } from '@hufu/chains/titles'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected } from '../json.ts'
import { getTitle } from './issue-title.ts'
import { parseNetworkName } from './parse-network-name.ts'
import { findTitleRules, requireOn, requireRegistrar } from './title-rules.ts'
import { type Departure, findDeparture, findTitle, notAllowed, putDeparture, putTitle } from './title-state.ts'

/** What the channel says of a title that left, to whoever lets it in elsewhere. */
export interface LeftMessage extends Pick<Departure, 'transferId' | 'assetId' | 'contentHash' | 'toNetwork' | 'toHolder'> {
  readonly fromNetwork: NetworkId
}

const maxLockMs = 30 * 24 * 3_600_000

/**
 * Promises a title to a transfer, by the registrar who acts for its holder. A transfer has one lock, ever. The same again while it is locked changes
 * nothing.
 *
 * @param lockUntilText - milliseconds since 1970: before that it may leave, from then on be unlocked; at most 30 days ahead
 * @throws ChaincodeError `ERR_CHAINCODE_TITLE`: not held, or the transfer had its lock, or its time has passed; `ERR_CHAINCODE_FORBIDDEN`: not by the
 *   registrar, or for a network that is not open; `ERR_CHAINCODE_ABSENT`, `ERR_CHAINCODE_CLOCK`, `ERR_CHAINCODE_REQUEST`
 */
export async function lockTitle(
  state: ChaincodeState,
  assetId: string,
  transferId: string,
  lockUntilText: string,
  toNetworkText: string,
  toHolder: string,
): Promise<TitleState> {
  const rules = await findTitleRules(state)
  const [title, known] = [await getTitle(state, assetId), await findDeparture(state, transferId)]
  const terms = { toNetwork: parseNetworkName(toNetworkText), toHolder, lockUntilMs: parseTime(lockUntilText) }
  if (!isHolder(toHolder)) throw expected('the DID of a holder')
  requireRegistrar(rules, state, title.holder)
  if (known !== undefined) {
    const isSame =
      known.assetId === assetId &&
      known.toNetwork === terms.toNetwork &&
      known.toHolder === toHolder &&
      known.lockUntilMs === terms.lockUntilMs &&
      known.status === 'locked'
    if (!isSame) throw notAllowed('the transfer had its lock')
    return title
  }
  requireOn(rules, terms.toNetwork)
  if (title.status !== 'held') throw notAllowed('the title is not held here')
  const nowMs = state.timeMs()
  if (terms.lockUntilMs <= nowMs) throw notAllowed('the time of the lock has passed')
  if (terms.lockUntilMs > nowMs + maxLockMs) throw expected('a lock of at most 30 days')
  const { holder, contentHash } = title
  await putDeparture(state, { transferId, assetId, contentHash, ...terms, status: 'locked' })
  return putTitle(state, { assetId, holder, contentHash, status: 'locked', transferId, ...terms })
}

/**
 * Extinguishes a locked title in time, for good: it only ends what the lock began, so anyone may. Again, it changes nothing.
 *
 * @throws ChaincodeError `ERR_CHAINCODE_TITLE`: unlocked, or its time has passed; `ERR_CHAINCODE_FORBIDDEN`: the network is not open now;
 *   `ERR_CHAINCODE_ABSENT`: no such transfer; `ERR_CHAINCODE_CLOCK`, `ERR_CHAINCODE_REQUEST`
 */
export async function leaveTitle(state: ChaincodeState, transferId: string): Promise<LeftMessage> {
  const rules = await findTitleRules(state)
  const departure = await getDeparture(state, transferId)
  if (departure.status === 'left') return messageOf(departure, rules.network)
  const title = await lockedTitle(state, departure)
  requireOn(rules, departure.toNetwork)
  if (state.timeMs() >= departure.lockUntilMs) throw notAllowed('the time of the lock has passed')
  const { assetId, contentHash, toNetwork, toHolder } = departure
  const left: Departure = { ...departure, status: 'left' }
  await putDeparture(state, left)
  await putTitle(state, { assetId, holder: title.holder, contentHash, status: 'left', transferId, toNetwork, toHolder })
  return messageOf(left, rules.network)
}

/**
 * Gives up a lock whose time has passed, by anyone. Again, it changes nothing.
 *
 * @returns the title as it is
 * @throws ChaincodeError `ERR_CHAINCODE_TITLE`: its time has not passed, or the title has left; `ERR_CHAINCODE_ABSENT`, `ERR_CHAINCODE_CLOCK`,
 *   `ERR_CHAINCODE_REQUEST`
 */
export async function unlockTitle(state: ChaincodeState, transferId: string): Promise<TitleState> {
  const departure = await getDeparture(state, transferId)
  if (departure.status === 'unlocked') return getTitle(state, departure.assetId)
  const { assetId, holder, contentHash } = await lockedTitle(state, departure)
  if (state.timeMs() < departure.lockUntilMs) throw notAllowed('the time of the lock has not passed')
  await putDeparture(state, { ...departure, status: 'unlocked' })
  return putTitle(state, { assetId, holder, contentHash, status: 'held' })
}

/**
 * That a title has left: the message that another chain lets it in by. Asked for by a read, whose answer organisations sign out of the state that is
 * there: a leaving that was endorsed and never ordered has no message.
 *
 * @throws ChaincodeError `ERR_CHAINCODE_ABSENT`: nothing has left by that transfer; `ERR_CHAINCODE_REQUEST`
 */
export async function readLeft(state: ChaincodeState, transferId: string): Promise<LeftMessage> {
  const departure = await findDeparture(state, transferId)
  if (departure?.status !== 'left') throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'no title has left by that transfer')
  return messageOf(departure, (await findTitleRules(state)).network)
}

async function getDeparture(state: ChaincodeState, transferId: string): Promise<Departure> {
  const departure = await findDeparture(state, transferId)
  if (departure === undefined) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'there is no such transfer')
  return departure
}

/** The title that a transfer has locked. */
async function lockedTitle(state: ChaincodeState, { assetId, transferId }: Departure): Promise<TitleState> {
  const title = await findTitle(state, assetId)
  if (title?.status !== 'locked' || title.transferId !== transferId) throw notAllowed('the title is not locked by that transfer')
  return title
}

function messageOf({ transferId, assetId, contentHash, toNetwork, toHolder }: Departure, fromNetwork: NetworkId): LeftMessage {
  return { transferId, assetId, contentHash, fromNetwork, toNetwork, toHolder }
}

function parseTime(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text))) throw expected('a time in milliseconds since 1970')
  return Number(text)
}
