import { councilFaults } from '@hufu/bindings'
import { decide, endFounding, foundingWriter, readCouncil } from '@hufu/council'
import { type Account, LedgerError, type LedgerWriter, type Write } from '@hufu/ledger'
import { fundAccounts, type NetworkFolder } from '@hufu/network'
import type { Home } from '../home.ts'
import { localCommittee, localNetwork, type Session } from '../session.ts'
import { developmentKeys, verifyingKeyCalls } from '../zk/ledger-keys.ts'

/** The council of the pilot's network, whose seats' keys all lie in its folder. */
export interface PilotCouncil {
  readonly committee: Account
  readonly seats: readonly { readonly name: string; readonly account: Account }[]
  /** Writes as the council: while the network is founded at once, later by a vote of as many seats as it takes. */
  readonly owner: LedgerWriter
}

/** 100 GAS: some hundred votes. */
const seatDatoshi = 100n * 100_000_000n

/** Opens the council of the local network. */
export async function openPilotCouncil(session: Session, home: Home): Promise<PilotCouncil> {
  const files = await localNetwork(home)
  const committee = await localCommittee(home)
  const seats = seatsOf(files)
  const founding = foundingWriter(session.client, session.network.contracts.council.hash)
  const owner: LedgerWriter = {
    async submit(calls, options) {
      try {
        return await founding.submit(calls, options)
      } catch (error) {
        // What an earlier run wrote the outbox finds; this is new.
        if (!isFounded(error)) throw error
        return decided(session, { committee, seats }, calls, options.idempotencyKey)
      }
    },
    estimateSystemFee: (calls, options) => founding.estimateSystemFee(calls, options),
  }
  return { committee, seats, owner }
}

/** Puts the development keys on the ledger where others or none stand. @returns number of writes */
export async function bringDevelopmentKeys(session: Session, { committee, owner }: PilotCouncil): Promise<number> {
  const calls = await verifyingKeyCalls(session, await developmentKeys())
  for (const { call, idempotencyKey } of calls) await (await owner.submit([call], { account: committee, idempotencyKey })).durable()
  return calls.length
}

/** Gives the seats GAS, so that their members can send what they sign in a browser; once for each network. */
export async function fundSeats(session: Session, { committee, seats }: PilotCouncil): Promise<void> {
  const accounts = seats.map(({ account }) => account.scriptHash)
  await fundAccounts(session.client, committee, accounts, seatDatoshi, 'pilot: GAS for the seats')
}

/** Ends the founding, if it is not over. @returns true if it ended now */
export async function endPilotFounding(session: Session, { committee }: PilotCouncil): Promise<boolean> {
  const { isFounding } = await readCouncil(session)
  if (isFounding) await (await endFounding(session, committee)).durable()
  return isFounding
}

/** Proposed, voted and executed by all seats of one mind. */
async function decided(
  session: Session,
  { committee, seats }: Pick<PilotCouncil, 'committee' | 'seats'>,
  calls: Parameters<LedgerWriter['submit']>[0],
  attempt: string,
): Promise<Write> {
  const { outcome } = await decide(session, { seats: enough(seats), sponsor: committee, title: 'Pilot', calls, attempt })
  return { transactionHash: outcome.transactionHash, inBlock: async () => outcome, durable: async () => outcome }
}

/** As many seats as a local network's rules ask for: a third of all, rounded down, may be dishonest. */
export function enough<Seat>(seats: readonly Seat[]): readonly Seat[] {
  return seats.slice(0, seats.length - Math.floor((seats.length - 1) / 3))
}

function seatsOf({ nodes, seatAccounts }: NetworkFolder): PilotCouncil['seats'] {
  return nodes.map(({ name }, index) => ({ name, account: seatAccounts[index]! }))
}

function isFounded(error: unknown): boolean {
  return error instanceof LedgerError && error.code === 'ERR_LEDGER_DRY_RUN_FAULT' && error.reason === councilFaults.founded
}
