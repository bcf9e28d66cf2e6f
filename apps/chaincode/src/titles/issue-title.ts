import { isBornOn, isHex32, isHolder, type TitleState } from '@hufu/chains/titles'
import type { ChaincodeState } from '../chaincode-state.ts'
import { ChaincodeError } from '../errors.ts'
import { expected } from '../json.ts'
import { findTitleRules, requireRegistrar } from './title-rules.ts'
import { findTitle, notAllowed, putTitle } from './title-state.ts'

/**
 * Issues a title, by the registrar who acts for its holder. Once for each identifier: one that has left is not issued again. The same again changes
 * nothing.
 *
 * @param assetId - begins with this channel's label: `fabric-<16 digits>.`
 * @throws ChaincodeError `ERR_CHAINCODE_FORBIDDEN`; `ERR_CHAINCODE_TITLE`: there is or was one; `ERR_CHAINCODE_REQUEST`, `ERR_CHAINCODE_ABSENT`
 */
export async function issueTitle(state: ChaincodeState, assetId: string, holder: string, contentHash: string): Promise<TitleState> {
  const rules = await findTitleRules(state)
  const known = await findTitle(state, assetId)
  if (!isBornOn(rules.network, assetId)) throw expected("an identifier that begins with this channel's label")
  if (!isHolder(holder)) throw expected('the DID of a holder')
  if (!isHex32(contentHash)) throw expected('a hash of 64 lower-case hexadecimal digits')
  requireRegistrar(rules, state, holder)
  if (known?.status === 'held' && known.holder === holder && known.contentHash === contentHash) return known
  if (known !== undefined) throw notAllowed('there is, or was, a title of that identifier')
  return putTitle(state, { assetId, holder, contentHash, status: 'held' })
}

/** @throws ChaincodeError `ERR_CHAINCODE_ABSENT`: never on this channel; `ERR_CHAINCODE_REQUEST` */
export async function getTitle(state: ChaincodeState, assetId: string): Promise<TitleState> {
  const title = await findTitle(state, assetId)
  if (title === undefined) throw new ChaincodeError('ERR_CHAINCODE_ABSENT', 'there is no title of that identifier')
  return title
}
