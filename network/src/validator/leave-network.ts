import { AskNode, type AskOptions } from './ask-node.ts'
import { ValidatorError } from './errors.ts'
import { lookAtFleet } from './look-at-fleet.ts'
import type { NetworkFile } from './network-file.ts'
import { openValidator, readState, writeState } from './validator-folder.ts'

/**
 * Marks a validator as one that left: its folder never signs again. Only once the council has voted another key into its seat, or the network would bear one loss less.
 *
 * @throws ValidatorError `ERR_VALIDATOR_STILL_VOTED`: a key of its wallet is among the next validators; `ERR_VALIDATOR_UNREACHABLE`: nobody could be asked;
 *   `ERR_VALIDATOR_FOLDER`: an observer, which just stops
 */
export async function leaveNetwork(path: string, ask: AskOptions, nowMs: number): Promise<void> {
  const { files, network, wallet } = await openValidator(path)
  if (wallet === null) throw new ValidatorError('ERR_VALIDATOR_FOLDER', 'an observer has no seat to leave: stop it')
  const next = await nextValidators(network, ask, nowMs)
  if (wallet.keys.some(key => next.has(key.publicKey)))
    throw new ValidatorError(
      'ERR_VALIDATOR_STILL_VOTED',
      'a key of this wallet is voted in: the council must first vote the successor in (setValidator)',
    )
  await writeState(files, { ...readState(files), phase: 'left' })
}

/**
 * Keys of the validators of the next block, as any of those that answer says; so a key counts as voted in if one node says so.
 *
 * @throws ValidatorError `ERR_VALIDATOR_UNREACHABLE`: fewer answer than could all be wrong
 */
export async function nextValidators(network: NetworkFile, ask: AskOptions, nowMs: number): Promise<ReadonlySet<string>> {
  const fleet = await lookAtFleet(network, ask, nowMs)
  const urls = network.validators
    .filter(each => fleet.members.some(member => member.name === each.name && member.answers))
    .map(each => each.rpcUrl)
  const answers = await Promise.all(urls.map(url => new AskNode(url, ask).nextValidators().catch(() => undefined)))
  const known = answers.filter(answer => answer !== undefined)
  const faulty = network.validators.length - fleet.quorum
  if (known.length <= faulty)
    throw new ValidatorError(
      'ERR_VALIDATOR_UNREACHABLE',
      `expected answers of more than ${faulty} validators about who is voted in, and got ${known.length}`,
    )
  return new Set(known.flat())
}
