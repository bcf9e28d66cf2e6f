import { council as councilContract } from '@hufu/bindings'
import { foundingWriter, readCouncil } from '@hufu/council'
import {
  type Account,
  type ContractCall,
  isNull,
  type LedgerReader,
  type LedgerWriter,
  type NetworkDescriptor,
  nativeContracts,
  type ScriptHash,
} from '@hufu/ledger'
import { contractHash, contractState, deployCall, readContract } from './contract-files.ts'
import { committeeAccount, type NetworkFolder, validatorsAccount } from './network-folder.ts'
import { registerCandidate } from './register-candidate.ts'

/** All NEO that there is. It cannot be divided further. */
const allNeo = 100_000_000

/**
 * Hands the choice of validators to the council: registers them as candidates, deploys a ballot for each seat, gives each ballot its share of
 * all NEO, and lets it vote for the seat's own validator. From then on validators change only by a vote of the council. It needs the contracts
 * deployed and the committee funded; a second call finds what the first has done.
 *
 * @throws LedgerError as `submit`, `inBlock` and `durable`
 */
export async function foundNetwork(
  ledger: LedgerReader & LedgerWriter,
  network: NetworkFolder,
  contracts: NetworkDescriptor['contracts'],
): Promise<void> {
  const { seats, isFounding } = await readCouncil({ client: ledger, network: { contracts } })
  if (!isFounding || seats.every(seat => seat.ballot !== null)) return
  const { hash: council } = contracts.council
  const sponsor = validatorsAccount(network)
  const [ballots] = await Promise.all([
    deployBallots(ledger, network, council),
    ...network.signers.map(signer => registerCandidate(ledger, signer, sponsor)),
  ])
  await shareNeo(ledger, network, ballots)
  await letVote(ledger, network, council, ballots)
}

/** Deploys a ballot for each seat, from the committee's account; the network's nodes and the seats stand in one order. */
async function deployBallots(
  ledger: LedgerReader & LedgerWriter,
  network: NetworkFolder,
  owner: ScriptHash,
): Promise<readonly ScriptHash[]> {
  const committee = committeeAccount(network)
  const files = network.nodes.map(({ name }) => readContract('ballot', `hufu-ballot-${name}`))
  const hashes = files.map(each => contractHash(committee.scriptHash, each))
  if (isNull(await contractState(ledger, hashes.at(-1)!))) {
    const calls = files.map(each => deployCall(each, [{ type: 'Hash160', value: owner }]))
    await inBlock(ledger, calls, { account: committee, idempotencyKey: `found: ballots ${hashes[0]}` })
  }
  return hashes
}

/** Moves all NEO to the ballots, in equal parts; what cannot be divided goes to the first. */
async function shareNeo(ledger: LedgerWriter, network: NetworkFolder, ballots: readonly ScriptHash[]): Promise<void> {
  const treasury = validatorsAccount(network)
  const share = Math.floor(allNeo / ballots.length)
  const rest = allNeo - share * ballots.length
  const calls = ballots.map(
    (ballot, index): ContractCall => ({
      contract: nativeContracts.neoToken,
      method: 'transfer',
      args: [
        { type: 'Hash160', value: treasury.scriptHash },
        { type: 'Hash160', value: ballot },
        { type: 'Integer', value: BigInt(share + (index === 0 ? rest : 0)) },
        { type: 'Any', value: null },
      ],
    }),
  )
  await inBlock(ledger, calls, { account: treasury, idempotencyKey: `found: NEO to ${ballots[0]}` })
}

/** Tells the council of the ballots and lets each vote for its seat's validator: all of it, or nothing. */
async function letVote(ledger: LedgerWriter, network: NetworkFolder, contract: ScriptHash, ballots: readonly ScriptHash[]): Promise<void> {
  const self = councilContract(contract)
  const calls = network.nodes.flatMap(({ name }, index) => [
    self.setBallot({ name, ballot: ballots[index]! }),
    self.setValidator({ name, publicKey: network.signers[index]!.publicKey.bytes }),
  ])
  const write = await foundingWriter(ledger, contract).submit(calls, {
    account: committeeAccount(network),
    idempotencyKey: `found: votes of ${ballots[0]}`,
  })
  await write.durable()
}

async function inBlock(
  ledger: LedgerWriter,
  calls: readonly ContractCall[],
  options: { readonly account: Account; readonly idempotencyKey: string },
): Promise<void> {
  const write = await ledger.submit(calls, options)
  await write.inBlock()
}
