import { ValidatorError } from './errors.ts'
import { type FleetLook, plannedMargin } from './look-at-fleet.ts'
import type { NetworkFile } from './network-file.ts'

/**
 * Makes sure that the network can spare a validator for a moment: afterwards it must still bear as many losses as planned, one less than when all are there.
 *
 * @param seat - the validator that is to be taken off
 * @returns the margin that is left while it is off
 * @throws ValidatorError `ERR_VALIDATOR_MARGIN`: it cannot; `ERR_VALIDATOR_UNREACHABLE`: no validator answers
 */
export function requireMargin(network: NetworkFile, fleet: FleetLook, seat: string): number {
  if (fleet.head === null)
    throw new ValidatorError('ERR_VALIDATOR_UNREACHABLE', 'no validator answers: it cannot be said whether one may be taken off')
  if (fleet.isStalled) throw new ValidatorError('ERR_VALIDATOR_MARGIN', 'the network makes no blocks: nothing may be taken off it')
  const own = fleet.members.find(member => member.name === seat)
  const left = fleet.margin - (own?.takesPart === true ? 1 : 0)
  const planned = plannedMargin(network.validators.length)
  if (left >= planned) return left
  const missing = fleet.members.filter(member => !member.takesPart && member.name !== seat).map(member => member.name)
  throw new ValidatorError(
    'ERR_VALIDATOR_MARGIN',
    `without ${seat} the network would bear ${Math.max(0, left)} more losses and ${planned} are planned${left < 0 ? ': it would stop' : ''}; not taking part: ${missing.join(', ') || 'nobody else'}`,
  )
}

/** When a validator's turn is. */
export interface Turn {
  readonly isNow: boolean
  /** Until it begins, or if it is now, until it ends. */
  readonly inMs: number
}

/**
 * Whose turn it is to be taken off: validators have theirs one after the other by the time of the blocks, so two of them never begin together, and nobody has to ask.
 *
 * @param blockTimeMs - of the latest block
 */
export function turnOf(network: NetworkFile, seat: string, blockTimeMs: number): Turn {
  const count = network.validators.length
  const own = network.validators.findIndex(each => each.name === seat)
  const current = Math.floor(blockTimeMs / network.turnMs)
  const left = (current + 1) * network.turnMs - blockTimeMs
  const turns = (own - (current % count) + count) % count
  return turns === 0 ? { isNow: true, inMs: left } : { isNow: false, inMs: left + (turns - 1) * network.turnMs }
}

/** @throws ValidatorError `ERR_VALIDATOR_TURN`: it is another validator's, or nearly over */
export function requireTurn(network: NetworkFile, seat: string, blockTimeMs: number): void {
  const turn = turnOf(network, seat, blockTimeMs)
  // What begins in the second half may still go on when the next one begins.
  if (turn.isNow && turn.inMs >= network.turnMs / 2) return
  const waitMs = turn.isNow ? turn.inMs + (network.validators.length - 1) * network.turnMs : turn.inMs
  throw new ValidatorError(
    'ERR_VALIDATOR_TURN',
    `validators are taken off one after the other; the turn of ${seat} begins in ${Math.ceil(waitMs / 1_000)} s`,
  )
}
