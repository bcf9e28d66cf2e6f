import { ChaincodeError } from './errors.ts'

/** How far an endorser's clock may be from the time that whoever sends a transaction gives it. */
const toleranceMs = 60_000

/**
 * A transaction's time is its sender's claim, and Fabric lets it pass. So an endorser refuses one that its own clock does not agree with: what so many
 * of them signed is as true as that many clocks. What it signs is the claim, so endorsers whose clocks differ a little still sign the same.
 *
 * @throws ChaincodeError `ERR_CHAINCODE_CLOCK`
 */
export function requireAgreeingTime(claimedMs: number, ownMs: number): number {
  if (!(Math.abs(claimedMs - ownMs) <= toleranceMs))
    throw new ChaincodeError('ERR_CHAINCODE_CLOCK', "the transaction's time is not this endorser's")
  return claimedMs
}
