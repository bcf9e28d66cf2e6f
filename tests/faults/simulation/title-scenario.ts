import { parseNetworkId } from '@hufu/chains'
import type { Signer } from '@hufu/keys'
import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import type { Counterpart } from '@hufu/satp'
import { FakeChain } from '@hufu/satp/fixture'
import { GatewayServer, type GatewayTroubles } from './gateway-server.ts'
import type { World } from './world.ts'

/** What a seed's run did. */
export interface TitleResult {
  readonly completed: number
  readonly aborted: number
  readonly crashes: number
}

/** Faults planted on purpose. */
export type PlantedTitleFault = 'gateway disks without fsync'

interface Trip {
  readonly transferId: string
  readonly assetId: string
  readonly from: Side
  readonly to: Side
  outcome: 'completed' | 'aborted' | undefined
}

interface Side {
  readonly name: 'A' | 'B'
  readonly did: string
  readonly chain: FakeChain
  readonly server: GatewayServer
}

const origin = parseNetworkId('neo3:77')
const destination = parseNetworkId('fabric:hospitals@0123456789abcdef')
const titles = [
  { assetId: 'neo3-77.one', trips: ['A', 'B'] },
  { assetId: 'neo3-77.two', trips: ['A'] },
  { assetId: 'fabric-0123456789abcdef.three', trips: ['B', 'A'] },
] as const
const troubleMs = 25_000
const settleMs = 900_000
const rules = {
  minLockMs: 10_000,
  leaveMarginMs: 3_000,
  agreeWithinMs: 20_000,
  graceMs: 30_000,
  completeWithinMs: 120_000,
  retryMaxMs: 4_000,
}

/**
 * Titles travel between two chains, some there and back, by two gateways that die, lose messages and power, and hear nothing from their chains. Then all is
 * well, and each title must be in one place, where the last of its transfers says.
 */
export async function runTitleScenario(
  world: World,
  signers: readonly [Signer, Signer],
  planted: PlantedTitleFault | undefined,
): Promise<TitleResult> {
  const { random } = world
  const troubles: GatewayTroubles = { drop: 0, repeat: 0, slow: 0, chain: 0 }
  const sides = makeSides(world, signers, troubles)
  const disks = ['gatewayA', 'gatewayB'].map(machine => world.disk(machine))
  if (planted !== undefined) for (const disk of disks) disk.troubles.lies = true
  for (const { server } of Object.values(sides)) server.start()
  const trips: Trip[] = []
  const operators = titles.map(title => travel(world, sides, title, trips))
  if (random.chance(0.8)) Object.assign(troubles, { drop: 0.1 * random.next(), repeat: 0.1, slow: 0.05 })
  if (random.chance(0.6)) troubles.chain = 0.1 * random.next()
  if (random.chance(0.2)) for (const disk of disks) disk.troubles.syncFailures = 0.02
  let crashes = 0
  const lookAfter = (): void => {
    for (const { server } of Object.values(sides)) server.start()
    world.outside(200 + random.below(2_000), lookAfter)
  }
  lookAfter()
  const untilMs = world.nowMs + troubleMs
  const { powerCuts, switches, fullDisks } = { powerCuts: random.chance(0.6), switches: random.chance(0.3), fullDisks: random.chance(0.3) }
  while (world.nowMs < untilMs) {
    await world.pause(random.below(2_500))
    const side = random.pick(Object.values(sides))
    if (random.chance(0.6)) {
      crashes++
      side.server.kill(powerCuts && random.chance(0.5))
    }
    if (random.chance(0.1)) world.clockErrors.set(`gateway${side.name}`, random.below(4_000) - 2_000)
    if (switches) side.chain.isOn = random.chance(0.6)
    if (fullDisks) for (const disk of disks) disk.troubles.isFull = random.chance(0.3)
  }
  Object.assign(troubles, { drop: 0, repeat: 0, slow: 0, chain: 0 })
  for (const { chain } of Object.values(sides)) chain.isOn = true
  for (const disk of disks) Object.assign(disk.troubles, { isFull: false, syncFailures: 0 })
  const isLate = world.pause(settleMs).then(() => 'late' as const)
  const isOver = Promise.all(operators).then(() => allClosed(world, sides, trips))
  if ((await Promise.race([isOver, isLate])) === 'late')
    throw new Error(
      `transfers without an end: ${trips
        .filter(each => each.outcome === undefined)
        .map(each => `${each.assetId} from ${each.from.name}`)
        .join(', ')}`,
    )
  checkTitles(sides, trips)
  const completed = trips.filter(each => each.outcome === 'completed').length
  return { completed, aborted: trips.length - completed, crashes }
}

type Sides = { readonly A: Side; readonly B: Side }

function makeSides(world: World, [a, b]: readonly [Signer, Signer], troubles: GatewayTroubles): Sides {
  const didA = 'did:neo:pilot:NGatewayA'
  const didB = 'did:neo:pilot:NGatewayB'
  const clock = { nowMs: () => world.nowMs }
  const chains: FakeChain[] = []
  const checkPlaces = (): void => {
    for (const { assetId } of titles) if (chains.every(chain => chain.has(assetId))) world.fail(new Error(`${assetId} is in two places`))
  }
  const chainA = new FakeChain(origin, clock, checkPlaces)
  const chainB = new FakeChain(destination, clock, checkPlaces)
  chains.push(chainA, chainB)
  chainA.follow(chainB)
  chainB.follow(chainA)
  const ofB: Counterpart = {
    did: didB,
    kid: `${didB}#for-a`,
    publicKey: b.publicKey,
    networks: [destination],
    own: { did: didA, kid: `${didA}#for-b`, signer: a },
  }
  const ofA: Counterpart = {
    did: didA,
    kid: `${didA}#for-b`,
    publicKey: a.publicKey,
    networks: [origin],
    own: { did: didB, kid: `${didB}#for-a`, signer: b },
  }
  const serverA = new GatewayServer(world, 'gatewayA', { chain: chainA, counterpart: ofB, troubles, rules })
  const serverB = new GatewayServer(world, 'gatewayB', { chain: chainB, counterpart: ofA, troubles, rules })
  serverA.other = serverB
  serverB.other = serverA
  for (const { assetId, trips } of titles) (trips[0] === 'A' ? chainA : chainB).issue(assetId, 'did:neo:pilot:NFirstHolder')
  return { A: { name: 'A', did: didA, chain: chainA, server: serverA }, B: { name: 'B', did: didB, chain: chainB, server: serverB } }
}

/** An operator sends a title on its trips, one after the other; where a trip fails, the next may not begin. */
async function travel(world: World, sides: Sides, { assetId, trips: plan }: (typeof titles)[number], trips: Trip[]): Promise<void> {
  const { random } = world
  await world.pause(random.below(8_000))
  for (const [number, name] of plan.entries()) {
    const from = sides[name]
    const to = sides[name === 'A' ? 'B' : 'A']
    if (!from.chain.has(assetId)) return
    const transferId = bytesToHex(sha256(utf8ToBytes(`${assetId} ${number}`)))
    const request = {
      assetId,
      fromNetwork: from.chain.network,
      toNetwork: to.chain.network,
      toHolder: `did:neo:pilot:NHolder${number}`,
      counterpart: to.did,
      lockForMs: 12_000 + random.below(25_000),
      transferId,
    }
    const trip: Trip = { transferId, assetId, from, to, outcome: undefined }
    trips.push(trip)
    while ((await from.server.ask(gateway => gateway.begin(request))) === undefined) await world.pause(1_000)
    const willAbort = random.chance(0.15)
    while (trip.outcome === undefined) {
      await world.pause(500 + random.below(2_000))
      if (willAbort && random.chance(0.2)) await from.server.ask(gateway => gateway.abort(transferId))
      const status = await from.server.ask(gateway => gateway.status(transferId))
      trip.outcome = status?.outcome ?? undefined
    }
    world.note(`${assetId} from ${name}: ${trip.outcome}`)
  }
}

/** Waits until both sides of every transfer are over. */
async function allClosed(world: World, { A, B }: Sides, trips: readonly Trip[]): Promise<void> {
  for (const { transferId } of trips)
    for (const { server } of [A, B])
      for (let isOpen = true; isOpen; ) {
        const status = await server.ask(async gateway => (await gateway.status(transferId)) ?? ({ outcome: 'unknown' } as const))
        isOpen = status === undefined || status.outcome === null
        if (isOpen) await world.pause(1_000)
      }
}

/** @throws Error that says what is not so */
function checkTitles({ A, B }: Sides, trips: readonly Trip[]): void {
  for (const { chain, name } of [A, B])
    for (const [effect, count] of chain.effects) if (count !== 1) throw new Error(`${effect} took effect ${count} times on ${name}`)
  for (const { transferId, from, to, outcome, assetId } of trips) {
    const left = from.chain.effects.has(`leave ${transferId}`)
    const arrived = to.chain.effects.has(`arrive ${transferId}`)
    if (left !== arrived) throw new Error(`${assetId} left ${from.name}: ${left}, and arrived: ${arrived}`)
    if (arrived !== (outcome === 'completed')) throw new Error(`${assetId} arrived: ${arrived}, and its transfer was ${outcome}`)
  }
  for (const { assetId, trips: plan } of titles) {
    const places = [A, B].filter(({ chain }) => chain.has(assetId))
    if (places.length !== 1) throw new Error(`${assetId} is in ${places.length} places`)
    if (places[0]!.chain.titles.get(assetId)?.status !== 'held') throw new Error(`${assetId} is at nobody's disposal`)
    const done = trips.filter(each => each.assetId === assetId && each.outcome === 'completed')
    const last = done.at(-1)?.to.name ?? plan[0]
    if (places[0]!.name !== last) throw new Error(`${assetId} is not where its last transfer brought it`)
  }
}
