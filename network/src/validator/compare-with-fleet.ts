import { AskNode, type AskOptions } from './ask-node.ts'
import { ValidatorError } from './errors.ts'
import type { FleetLook } from './look-at-fleet.ts'
import type { NetworkFile } from './network-file.ts'

/** How a node's chain stands beside the others'. */
export interface FleetComparison {
  /** Height of the node itself. */
  readonly height: number
  /** Highest block that the others show. */
  readonly headHeight: number
  /** Where hashes and roots were compared; null if not yet. */
  readonly comparedAt: number | null
  readonly stateRoot: string | null
  /** Names of those that have the same block and state there. */
  readonly agreeing: readonly string[]
  /** At the head, and at one with more validators than may be faulty. */
  readonly isCaughtUp: boolean
}

const headSlackBlocks = 1

/**
 * Compares a node's latest common block and the state after it with the other validators'.
 *
 * @param ownRpcUrl - of the node
 * @throws ValidatorError `ERR_VALIDATOR_STATE_DIFFERS`: a validator has another block or state there; `ERR_VALIDATOR_UNREACHABLE`: the node itself gives no answer
 */
export async function compareWithFleet(
  network: NetworkFile,
  ownRpcUrl: string,
  seat: string | null,
  fleet: FleetLook,
  ask: AskOptions,
): Promise<FleetComparison> {
  const own = new AskNode(ownRpcUrl, ask)
  const height = await own.height().catch(cause => {
    throw new ValidatorError('ERR_VALIDATOR_UNREACHABLE', 'the node itself gives no answer', { cause })
  })
  const headHeight = fleet.head?.blockIndex ?? 0
  const others = fleet.members.filter(member => member.name !== seat && member.height !== null)
  const common = Math.min(height, ...others.map(member => member.height!))
  if (others.length === 0) return { height, headHeight, comparedAt: null, stateRoot: null, agreeing: [], isCaughtUp: false }
  const [ownHeader, stateRoot] = await Promise.all([own.header(common), own.stateRoot(common)])
  const urls = new Map(network.validators.map(each => [each.name, each.rpcUrl]))
  const agreeing: string[] = []
  for (const { name } of others) {
    const node = new AskNode(urls.get(name)!, ask)
    const theirs = await Promise.all([node.header(common), node.stateRoot(common)]).catch(() => undefined)
    if (theirs === undefined) continue
    if (theirs[0].hash !== ownHeader.hash || theirs[1] !== stateRoot)
      throw new ValidatorError('ERR_VALIDATOR_STATE_DIFFERS', `block ${common} or the state after it is another one at ${name}`)
    agreeing.push(name)
  }
  const faulty = network.validators.length - fleet.quorum
  const isCaughtUp = height >= headHeight - headSlackBlocks && agreeing.length > faulty
  return { height, headHeight, comparedAt: common, stateRoot, agreeing, isCaughtUp }
}
