import type { LedgerCast } from './ledger-cast.ts'
import type { PlantedFault } from './list-server.ts'
import type { World } from './world.ts'

/** Lets things go wrong for a while, and then all be well. @returns how often a program or a validator died */
export async function troubleLedger(world: World, cast: LedgerCast, lengthMs: number, planted: PlantedFault | undefined): Promise<number> {
  const { random } = world
  const { ledger, network, servers, follower } = cast
  const { validators } = ledger
  const faulty = validators.length - ledger.quorum
  const programs = [...servers, follower]
  const machines = ['server1', 'server2', 'follower']
  const disks = machines.map(machine => world.disk(machine))
  if (planted === 'disk without fsync') for (const disk of disks) disk.troubles.lies = true
  if (planted === 'what a failed fsync lost is not written again') for (const disk of disks) disk.troubles.keepsLost = true
  // Each seed has its own weather, so that some troubles come without others.
  const likes = (probability: number): boolean => random.chance(probability)
  const weather = {
    messages: likes(0.6),
    liars: likes(0.25),
    allDie: likes(0.5),
    validatorsDie: likes(0.6),
    programsDie: likes(0.8),
    powerCuts: likes(0.6),
    cuts: likes(0.4),
    fullDisks: likes(0.3),
    brokenDisks: likes(0.2),
    fullMempools: likes(0.25),
    late: likes(0.4),
    clockJumps: likes(0.2),
  }
  if (weather.messages) Object.assign(network.troubles, { drop: 0.02 + 0.05 * random.next(), repeat: 0.05, slow: 0.03, error: 0.02 })
  if (weather.liars) for (const each of validators.slice(0, random.below(faulty + 1))) each.isLiar = true
  if (weather.late) for (const each of validators) if (likes(0.4)) each.lagMs = random.below(3_000)
  // Once in a while, or again and again, so that programs die before they could write anew what was lost.
  if (weather.brokenDisks) for (const disk of disks) disk.troubles.syncFailures = likes(0.5) ? 0.02 : 0.5
  let crashes = 0
  const untilMs = world.nowMs + lengthMs
  const events: (() => void)[] = []
  if (weather.allDie)
    events.push(() => {
      crashes++
      for (const each of validators) ledger.kill(each)
      for (const each of validators) world.outside(200 + random.below(1_500), () => ledger.restart(each))
    })
  if (weather.validatorsDie)
    events.push(() => {
      const each = random.pick(validators)
      if (!each.isUp) return
      crashes++
      ledger.kill(each)
      world.outside(random.below(4_000), () => {
        if (!each.isUp) ledger.restart(each)
      })
    })
  if (weather.programsDie)
    events.push(() => {
      crashes++
      random.pick(programs).kill(weather.powerCuts && likes(0.5))
    })
  if (weather.cuts)
    events.push(
      () => {
        const some = random.below(validators.length)
        for (const each of validators) each.part = each.index <= some ? 0 : 1
        world.note(`the network is cut after v${some}`)
        world.outside(random.below(4_000), () => {
          for (const each of validators) each.part = 0
          for (const each of validators) ledger.catchUpSoon(each)
        })
      },
      () => {
        const name = `${random.pick(machines)} ${random.pick(validators).name}`
        network.cuts.add(name)
        world.outside(random.below(5_000), () => network.cuts.delete(name))
      },
      () => {
        const each = random.pick(validators)
        each.isHanging = true
        world.outside(random.below(5_000), () => {
          each.isHanging = false
          ledger.catchUpSoon(each)
        })
      },
    )
  if (weather.fullDisks)
    events.push(() => {
      const { troubles } = random.pick(disks)
      troubles.isFull = true
      world.outside(random.below(3_000), () => {
        troubles.isFull = false
      })
    })
  if (weather.fullMempools)
    events.push(() => {
      for (const each of validators) each.mempoolCapacity = random.below(3)
      world.outside(random.below(4_000), () => {
        for (const each of validators) each.mempoolCapacity = 50
      })
    })
  if (weather.clockJumps)
    events.push(() => {
      const machine = random.pick(machines)
      const errorMs = random.pick([-3_600_000, -7_000, 0, 7_000, 3_600_000])
      world.note(`${machine} has a clock that is wrong by ${errorMs}`)
      world.clockErrors.set(machine, errorMs)
    })
  // Whoever looks after programs starts them again, all the time.
  const lookAfter = (): void => {
    for (const each of programs) each.start()
    world.outside(100 + random.below(1_000), lookAfter)
  }
  lookAfter()
  while (world.nowMs < untilMs) {
    await world.pause(100 + random.below(1_500))
    if (events.length > 0) random.pick(events)()
  }
  network.cuts.clear()
  Object.assign(network.troubles, { drop: 0, repeat: 0, slow: 0, error: 0 })
  for (const { troubles } of disks) Object.assign(troubles, { isFull: false, syncFailures: 0 })
  for (const each of validators) each.isLiar = false
  ledger.heal()
  return crashes
}
