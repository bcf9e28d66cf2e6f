import { bytesToHex, sha256, utf8ToBytes } from '@hufu/primitives'
import { expect, test } from 'vitest'
import type { FixtureChannel } from '../chaincode-fixture.ts'
import {
  ask,
  bundleOf,
  bureau,
  channelWithTitles,
  contentHash,
  contractId,
  hospital,
  leftRecord,
  neo,
  own,
  rules,
  setRules,
  transferOf,
} from './title-fixture.ts'

// The channel as it is, and a network of Neo as its rules say, with real proofs; calls at random, most of them at the wrong moment.

const tries = Number(process.env.TRIES ?? 400)
const minute = 60_000

/** A title on the made-up network. */
type Elsewhere = 'held' | 'left'

class World {
  readonly channel: FixtureChannel
  readonly elsewhere = new Map<string, Elsewhere>()
  /** What has left the made-up network for the channel, for ever: title by transfer. */
  readonly records = new Map<string, string>()
  /** Transfers locked on the channel. */
  readonly transfers: string[] = []
  /** Of those that left the channel, which the made-up network has let in. */
  readonly used = new Set<string>()
  readonly ids: readonly string[]
  #transfers = 0
  #draws = 0
  readonly #seed: string
  /** Of calls that were not refused. */
  done = 0

  constructor(channel: FixtureChannel, seed: string) {
    this.channel = channel
    this.#seed = seed
    this.ids = ['a', 'b', 'c'].flatMap(name => [`fabric-0123456789abcdef.${name}`, `neo3-77.${name}`])
    for (const id of this.ids) if (id.startsWith('neo3')) this.elsewhere.set(id, 'held')
  }

  /** A number below a bound, the same for each seed. */
  draw(bound: number): number {
    const digest = sha256(utf8ToBytes(`${this.#seed} ${this.#draws++}`))
    return Number(BigInt(`0x${bytesToHex(digest.slice(0, 6))}`) % BigInt(bound))
  }

  one<T>(of: readonly T[]): T | undefined {
    return of[this.draw(Math.max(of.length, 1))]
  }

  call(name: string, ...args: string[]) {
    return ask(this.channel, 'Hospital1MSP', name, ...args)
  }

  async step(): Promise<void> {
    const id = this.one(this.ids)!
    const transfer = this.one(this.transfers) ?? transferOf(0)
    const steps: readonly (() => Promise<unknown>)[] = [
      () => this.call('title.issue', id, hospital, contentHash),
      () => this.#lock(id),
      () => this.#lock(id),
      () => this.call('title.leave', transfer),
      () => this.call('title.leave', this.transfers.at(-1) ?? transfer),
      () => this.call('title.unlock', transfer),
      () => this.#letIn(transfer),
      () => this.#letIn(this.transfers.at(-1) ?? transfer),
      () => this.#leaveElsewhere(id),
      () => this.#leaveElsewhere(id),
      () => this.bring(this.one([...this.records.keys()])),
      () => this.bring([...this.records.keys()].at(-1)),
      async () => {
        this.channel.nowMs += this.draw(4) * minute
      },
      () => setRules(this.channel, { networks: { [neo]: { contractId, isOn: this.draw(3) > 0 } } }),
    ]
    await steps[this.draw(steps.length)]!().then(
      () => this.done++,
      (error: unknown) => expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_CHAINCODE_(ABSENT|FORBIDDEN|REQUEST|TITLE)$/) }),
    )
  }

  async #lock(id: string): Promise<void> {
    const transferId = transferOf(++this.#transfers)
    await this.call('title.lock', id, transferId, String(this.channel.nowMs + 5 * minute), neo, bureau)
    this.transfers.push(transferId)
  }

  /** The made-up network lets in, once, what the channel says has left. */
  async #letIn(transferId: string): Promise<void> {
    const left = await this.call('title.left', transferId)
    expect(left).toMatchObject({ fromNetwork: own, toNetwork: neo, transferId })
    if (this.used.has(transferId)) return
    expect(this.elsewhere.get(left.assetId) ?? 'left').toBe('left')
    this.used.add(transferId)
    this.elsewhere.set(left.assetId, 'held')
  }

  async #leaveElsewhere(id: string): Promise<void> {
    if (this.elsewhere.get(id) !== 'held') return
    this.elsewhere.set(id, 'left')
    this.records.set(transferOf(1_000_000 + ++this.#transfers), id)
  }

  /** Brings a proof to the channel, whether it is due or old. */
  async bring(transferId: string | undefined): Promise<void> {
    if (transferId === undefined) return
    await this.call('title.arrive', JSON.stringify(await bundleOf(leftRecord({ assetId: this.records.get(transferId)! }), { transferId })))
  }

  /** Brings everything that is on its way. */
  async settle(): Promise<void> {
    await setRules(this.channel, rules)
    for (const transferId of this.records.keys()) await this.bring(transferId).catch(() => undefined)
    for (const transferId of this.transfers) await this.#letIn(transferId).catch(() => undefined)
  }

  /** On how many chains a title is; undefined if it was never issued. */
  async places(id: string): Promise<number | undefined> {
    const here = await this.call('title.get', id).then(
      ({ status }) => status as string,
      () => undefined,
    )
    const there = this.elsewhere.get(id)
    if (here === undefined && there === undefined) return undefined
    return [here, there].filter(status => status === 'held' || status === 'locked').length
  }
}

test.each(['first', 'second', 'third'])('whatever is called in whatever order, a title is in one place or on its way (%s)', async seed => {
  const world = new World(await channelWithTitles(), seed)
  for (let step = 0; step < tries; step++) {
    await world.step()
    for (const id of world.ids) expect((await world.places(id)) ?? 0, `${id} after step ${step}`).toBeLessThanOrEqual(1)
  }
  await world.settle()
  for (const id of world.ids) expect((await world.places(id)) ?? 1, `${id} in the end`).toBe(1)
  // So much of it was not refused that titles have gone and come.
  expect(world.done).toBeGreaterThan(tries / 4)
  expect(world.used.size).toBeGreaterThan(1)
})
