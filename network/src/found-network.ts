import { council as councilContract } from '@hufu/bindings'
import {
  type Account,
  type Argument,
  asInteger,
  asStruct,
  type ContractCall,
  type ContractDescriptor,
  isNull,
  type LedgerReader,
  type LedgerWriter,
  nativeContracts,
  type ScriptHash,
  singleAccount,
} from '@hufu/ledger'
import { contractHash, contractState, deployCall, readContract } from './contract-files.ts'
import { committeeAccount, type NetworkFolder, validatorsAccount } from './network-folder.ts'

/** All NEO that there is. It cannot be divided further. */
const allNeo = 100_000_000
/** More than a call costs that does little. */
const callFeeDatoshi = 1_00000000n
/** Position of a seat's ballot in its record, as the contract keeps it. */
const ballotMember = 3

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
  contracts: { readonly council: ContractDescriptor },
): Promise<void> {
  const { hash: council } = contracts.council
  if (await hasBallots(ledger, council)) return
  const ballots = await deployBallots(ledger, network, council)
  await registerCandidates(ledger, network)
  await shareNeo(ledger, network, ballots)
  await letVote(ledger, network, council, ballots)
}

async function hasBallots(ledger: LedgerReader, contract: ScriptHash): Promise<boolean> {
  const seats = asStruct(await ledger.invokeRead(councilContract(contract).seats()))
  return seats.every(seat => !isNull(asStruct(seat, ballotMember + 1)[ballotMember]))
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

/** Registers each validator; the treasury pays the price, of 1,000 GAS unless the committee has set another. */
async function registerCandidates(ledger: LedgerReader & LedgerWriter, network: NetworkFolder): Promise<void> {
  const price = asInteger(await ledger.invokeRead({ contract: nativeContracts.neoToken, method: 'getRegisterPrice', args: [] }))
  // Said here, for it is more than a client pays for what a node only says.
  const systemFeeDatoshi = price + callFeeDatoshi
  const sponsor = validatorsAccount(network)
  await Promise.all(
    network.signers.map(async signer => {
      const account = singleAccount(signer)
      const args: readonly Argument[] = [{ type: 'PublicKey', value: signer.publicKey.bytes }]
      const call = { contract: nativeContracts.neoToken, method: 'registerCandidate', args }
      await inBlock(ledger, [call], { account, sponsor, systemFeeDatoshi, idempotencyKey: `found: candidate ${account.scriptHash}` })
    }),
  )
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
  const write = await ledger.submit([self.found({ calls: calls.map(callArgument) })], {
    account: committeeAccount(network),
    idempotencyKey: `found: votes of ${ballots[0]}`,
  })
  await write.durable()
}

/** A call as the contract council takes it. */
function callArgument({ contract, method, args }: ContractCall): Argument {
  return {
    type: 'Array',
    value: [
      { type: 'Hash160', value: contract },
      { type: 'String', value: method },
      { type: 'Array', value: args },
    ],
  }
}

async function inBlock(
  ledger: LedgerWriter,
  calls: readonly ContractCall[],
  options: { readonly account: Account; readonly sponsor?: Account; readonly systemFeeDatoshi?: bigint; readonly idempotencyKey: string },
): Promise<void> {
  const write = await ledger.submit(calls, options)
  await write.inBlock()
}
