import type { Signer } from '@hufu/keys'
import { type Account, type LedgerClientOptions, singleAccount } from '@hufu/ledger'
import { concatBytes, sha256, systemClock } from '@hufu/primitives'
import { RpcAnswerer } from './answer-rpc.ts'
import { checkLedger, type Request } from './check-ledger.ts'
import type { LedgerCast } from './ledger-cast.ts'
import { ListFollower } from './list-follower.ts'
import { ListServer, type PlantedFault } from './list-server.ts'
import { SimulatedLedger } from './simulated-ledger.ts'
import { SimulatedNetwork } from './simulated-network.ts'
import { troubleLedger } from './trouble-ledger.ts'
import type { World } from './world.ts'

/** What a seed's run did: that it did something is worth a look, too. */
export interface LedgerResult {
  readonly done: number
  readonly failed: number
  readonly lostBlocks: number
  readonly rebuilds: number
  readonly crashes: number
}

const troubleMs = 12_000
/** Longer than anything may need once all is well: transactions to expire, waits to end, retries. */
const settleMs = 120_000
const requestsOfEach = 6
const validBlocks = 9
const lists = 3
const impatientWithinMs = 2_000

/**
 * Two servers write to the stand-in ledger for their users, and a follower keeps a table of it, while machines, validators, disks and messages fail. Then
 * all is well, users ask until they know, and what everybody knows is compared with the ledger.
 */
export async function runLedgerScenario(world: World, account: Account, planted: PlantedFault | undefined): Promise<LedgerResult> {
  const { random } = world
  const validators = random.chance(0.25) ? 7 : 4
  const ledger = new SimulatedLedger(world, { validators, blockMs: random.pick([400, 700]), maxTransactionsInBlock: 4 })
  const network = new SimulatedNetwork(world, ledger, new RpcAnswerer(world, ledger))
  const options = clientOptions(world, network, planted)
  const servers = ['server1', 'server2'].map(machine => new ListServer(world, machine, { ledger: options(), account, planted }))
  const follower = new ListFollower(world, 'follower', options(), planted)
  const cast: LedgerCast = { ledger, network, servers, follower }
  ledger.start()
  for (const each of [...servers, follower]) each.start()
  const requests: Request[] = []
  const users = servers.map((server, index) => beUsers(world, server, index, ledger, requests))
  const crashes = await troubleLedger(world, cast, troubleMs, planted)
  const untilMs = world.nowMs + settleMs
  const isLate = world.pause(settleMs).then(() => 'late' as const)
  if ((await Promise.race([Promise.all(users), isLate])) === 'late') {
    const stuck = requests.filter(each => each.answers.at(-1)?.kind !== 'done' && !each.isRefused).map(each => each.addition.key)
    throw new Error(`requests without an end: ${stuck.join(', ')}`)
  }
  // Whatever may still land, lands or expires.
  await ledgerPasses(world, ledger, validBlocks + 3)
  // A write that was settled while the disk was full is still open in its outbox, and settled again by the next life.
  for (const server of servers) server.kill(true)
  await world.pause(2_000)
  for (const server of servers) while ((await openOf(server)).length > 0 && world.nowMs < untilMs) await world.pause(500)
  while (follower.height < ledger.chain.at(-1)!.index && world.nowMs < untilMs) await world.pause(100)
  await checkLedger(cast, requests)
  const done = requests.filter(each => each.answers.at(-1)?.kind === 'done').length
  return { done, failed: requests.length - done, lostBlocks: lostBlocksOf(ledger), rebuilds: follower.rebuilds, crashes }
}

function openOf(server: ListServer): Promise<readonly string[]> {
  return server.life === undefined ? Promise.resolve(['not started']) : server.open()
}

function clientOptions(
  world: World,
  network: SimulatedNetwork,
  planted: PlantedFault | undefined,
): () => Omit<LedgerClientOptions, 'outbox'> {
  const { random } = world
  const { descriptor } = network
  const nodes = descriptor.validators
  const validators = planted === 'one validator counts as quorum' ? nodes.slice(0, 1) : nodes
  return () => ({
    network: { magic: descriptor.magic, validators },
    nodes,
    firstNode: random.below(nodes.length),
    fetch: network.fetch,
    pollMs: random.pick([250, 600]),
    durablePollMs: 150,
    waitMs: random.pick([4_000, 15_000]),
    rpcTimeoutMs: random.pick([1_500, 4_000]),
    resendMs: random.pick([1_000, 3_000]),
    validBlocks,
    ...(planted === "waits counted by the machine's clock" ? { clock: systemClock } : {}),
  })
}

/** Users of one server: each asks for one addition, again and again until it knows what came of it; some are impatient, and ask twice at once. */
async function beUsers(world: World, server: ListServer, index: number, ledger: SimulatedLedger, requests: Request[]): Promise<void> {
  const { random } = world
  const users = Array.from({ length: requestsOfEach }, async (_, user) => {
    await world.pause(random.below(troubleMs))
    const list = random.below(lists)
    const expected = random.chance(0.6) ? -1 : ledger.chain.at(-1)!.lengths[list]! + random.below(2)
    const request: Request = { addition: { list, key: `${index + 1}.${user}`, expected }, answers: [], isRefused: false }
    requests.push(request)
    for (let attempt = 0; !request.isRefused && request.answers.at(-1)?.kind !== 'done'; attempt++) {
      if (attempt > 0) await world.pause(300 + random.below(1_500))
      const asked = Array.from({ length: random.chance(0.2) ? 2 : 1 }, async (_, time) => {
        if (time > 0) await world.pause(random.below(impatientWithinMs))
        return server.request(request.addition, attempt)
      })
      const answers = (await Promise.all(asked)).filter(answer => answer !== undefined)
      for (const answer of answers)
        world.note(`${request.addition.key}: ${answer.kind === 'done' ? `done in ${answer.blockIndex}` : answer.code}`)
      // What was done is the last word.
      request.answers.push(...answers.toSorted((left, right) => Number(left.kind === 'done') - Number(right.kind === 'done')))
      // The contract said no, in a dry run or in a block: the user wanted it at that length or not at all.
      request.isRefused =
        expected >= 0 && answers.length === asked.length && answers.every(answer => answer.kind === 'failed' && answer.reason === 'length')
    }
  })
  await Promise.all(users)
}

async function ledgerPasses(world: World, ledger: SimulatedLedger, blocks: number): Promise<void> {
  const height = ledger.chain.at(-1)!.index + blocks
  while (ledger.chain.at(-1)!.index < height) await world.pause(500)
  await world.pause(3_000)
}

function lostBlocksOf(ledger: SimulatedLedger): number {
  const { chain } = ledger
  return [...ledger.blocksByHash.values()].filter(block => chain[block.index] !== block && block.index < chain.length).length
}

/** An account whose signatures the stand-in ledger does not look at; the same bytes for the same message. */
export function simulatedAccount(signer: Signer): Account {
  const sign: Signer['sign'] = async message => concatBytes(sha256(message), sha256(message))
  return singleAccount({ publicKey: signer.publicKey, sign })
}
