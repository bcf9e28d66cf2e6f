import { type Rules, rulesArgument } from '@hufu/council'
import type { Argument, ScriptHash } from '@hufu/ledger'
import type { NetworkFolder } from './network-folder.ts'

/** A seat that a council begins with. */
export interface NewSeat {
  /** At most 32 letters, digits, dots, underscores, colons and hyphens. */
  readonly name: string
  /** Acts for the seat. */
  readonly account: ScriptHash
  /** Public key of the seat's validator, 33 bytes. */
  readonly validator: Uint8Array
}

/** A council as it begins. */
export interface NewCouncil {
  readonly seats: readonly NewSeat[]
  readonly rules: Rules
}

const second = 1_000
const minute = 60 * second
const day = 24 * 60 * minute

/** The council of a local network: a seat beside each validator, and times that a person can wait for. */
export function localCouncil({ nodes, signers, seatAccounts }: NetworkFolder): NewCouncil {
  const seats = nodes.map(({ name }, index) => ({
    name,
    account: seatAccounts[index]!.scriptHash,
    validator: signers[index]!.publicKey.bytes,
  }))
  const times = {
    votingMs: 10 * minute,
    delayMs: 2 * second,
    vetoDelayMs: 20 * second,
    executeWithinMs: 10 * minute,
    stopMs: minute,
    stopPauseMs: 2 * minute,
  }
  return { seats, rules: { ...needs(seats.length), ...times } }
}

/** Rules of a network that people rely on. */
export function productionRules(seats: number): Rules {
  return {
    ...needs(seats),
    votingMs: 14 * day,
    delayMs: 2 * day,
    vetoDelayMs: 14 * day,
    executeWithinMs: 14 * day,
    stopMs: day,
    stopPauseMs: 7 * day,
  }
}

/** As many as agree where up to a third of the seats are dishonest; more than these to hold up. */
function needs(seats: number): Pick<Rules, 'votesNeeded' | 'vetoesNeeded' | 'stopsNeeded'> {
  const dishonest = Math.floor((seats - 1) / 3)
  return { votesNeeded: seats - dishonest, vetoesNeeded: dishonest + 1, stopsNeeded: dishonest + 1 }
}

/** What the contract council is told when it is deployed. */
export function councilArguments({ seats, rules }: NewCouncil): readonly Argument[] {
  const members = seats.map(
    ({ name, account, validator }): Argument => ({
      type: 'Array',
      value: [
        { type: 'String', value: name },
        { type: 'Hash160', value: account },
        { type: 'PublicKey', value: validator },
      ],
    }),
  )
  return [{ type: 'Array', value: members }, rulesArgument(rules)]
}
