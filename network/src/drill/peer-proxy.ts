import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { SeededRandom } from './seeded-random.ts'

/** What the lines between the nodes do to what passes. */
interface Weather {
  delayMs: number
  jitterMs: number
  /** True if nothing passes from one node to another. */
  isCut: (from: number, to: number) => boolean
}

/** One way between two nodes that dial each other through the proxy. */
interface Line {
  readonly from: number
  readonly to: number
  readonly port: number
  server: Server | undefined
}

const host = '127.0.0.1'
// Both ends together may have so much on the way; more, and the sender waits, as on a real line.
const maxOnTheWayBytes = 4 * 1024 * 1024
const noCut = (): boolean => false

/**
 * Stands between the nodes of a local network: a port of its own for each that dials and each that is dialled, so that it knows whose words pass.
 * It can cut the nodes into groups, delay what passes, and heal the lines.
 *
 * A cut is silent, as when a cable is dug through: what is sent is lost, neither end is told, and new connections are refused. Connections that lost
 * something are broken off when the lines heal, for a stream with a hole in it is of no use: the nodes have to find each other again by themselves.
 */
export class PeerProxy {
  readonly #p2pPorts: readonly number[]
  readonly #lines: readonly Line[]
  readonly #random: SeededRandom
  readonly #relays = new Set<Relay>()
  readonly #weather: Weather = { delayMs: 0, jitterMs: 0, isCut: noCut }

  private constructor(p2pPorts: readonly number[], lines: readonly Line[], random: SeededRandom) {
    this.#p2pPorts = p2pPorts
    this.#lines = lines
    this.#random = random
  }

  /**
   * @param p2pPorts - what the nodes listen on
   * @param ports - free ports for the proxy, one for each ordered pair of nodes
   * @param random - decides each delay
   */
  static async start(p2pPorts: readonly number[], ports: readonly number[], random: SeededRandom): Promise<PeerProxy> {
    const nodes = [...p2pPorts.keys()]
    const pairs = nodes.flatMap(from => nodes.filter(to => to !== from).map(to => ({ from, to })))
    if (ports.length < pairs.length) throw new TypeError(`expected ${pairs.length} ports, one for each ordered pair of nodes`)
    const lines = pairs.map((pair, index) => ({ ...pair, port: ports[index]!, server: undefined }))
    const proxy = new PeerProxy(p2pPorts, lines, random)
    await proxy.#listen()
    return proxy
  }

  /** Where `from` dials to reach `to`. */
  portOf(from: number, to: number): number {
    const line = this.#lines.find(each => each.from === from && each.to === to)
    if (line === undefined) throw new TypeError('expected two different nodes of this proxy')
    return line.port
  }

  /** Connections that stand just now. */
  get connections(): number {
    return this.#relays.size
  }

  /** Lets everything arrive so much later, and up to `jitterMs` more, chosen by the seed; the order of a connection is kept. */
  delay(delayMs: number, jitterMs: number): void {
    this.#weather.delayMs = delayMs
    this.#weather.jitterMs = jitterMs
  }

  /** Cuts the lines between groups of nodes; nodes that are in none are alone. */
  cut(groups: readonly (readonly number[])[]): void {
    const groupOf = (node: number): number => {
      const index = groups.findIndex(group => group.includes(node))
      return index < 0 ? groups.length + node : index
    }
    this.#weather.isCut = (from, to) => groupOf(from) !== groupOf(to)
    for (const line of this.#lines) if (this.#weather.isCut(line.from, line.to)) closeLine(line)
  }

  /** Mends all lines. @returns how many connections had lost something and are broken off */
  async heal(): Promise<number> {
    this.#weather.isCut = noCut
    const torn = [...this.#relays].filter(relay => relay.isTorn)
    for (const relay of torn) relay.end()
    await this.#listen()
    return torn.length
  }

  stop(): void {
    for (const line of this.#lines) closeLine(line)
    for (const relay of [...this.#relays]) relay.end()
  }

  async #listen(): Promise<void> {
    await Promise.all(
      this.#lines.map(async line => {
        if (line.server !== undefined) return
        const server = createServer({ noDelay: true }, dialler => this.#relay(line, dialler))
        line.server = server
        server.listen({ host, port: line.port, exclusive: true })
        await once(server, 'listening')
      }),
    )
  }

  #relay({ from, to }: Line, dialler: Socket): void {
    // Nodes that dial each other at the same moment each hang up on the other, and neo-go would never dial again: it knows a peer that dialled by the port
    // that it announces, and one that it dialled by the proxy's. So whoever comes first gets the line, as if the other had been a moment later.
    if ([...this.#relays].some(relay => relay.joins(from, to))) {
      dialler.on('error', () => undefined)
      dialler.destroy()
      return
    }
    const dialled = connect({ host, port: this.#p2pPorts[to]!, noDelay: true })
    const relay = new Relay({ end: dialler, node: from }, { end: dialled, node: to }, this.#weather, this.#random, () => {
      this.#relays.delete(relay)
    })
    this.#relays.add(relay)
  }
}

/** Stops listening; connections that stand are left alone. */
function closeLine(line: Line): void {
  line.server?.close()
  line.server = undefined
}

interface RelayEnd {
  readonly end: Socket
  readonly node: number
}

/** One connection, passed on both ways. */
class Relay {
  /** Something was lost on it, or an end was closed and the other could not be told. */
  isTorn = false
  readonly #ends: readonly [RelayEnd, RelayEnd]
  readonly #weather: Weather
  readonly #random: SeededRandom
  readonly #onEnd: () => void

  constructor(dialler: RelayEnd, dialled: RelayEnd, weather: Weather, random: SeededRandom, onEnd: () => void) {
    this.#ends = [dialler, dialled]
    this.#weather = weather
    this.#random = random
    this.#onEnd = onEnd
    this.#pass(dialler, dialled)
    this.#pass(dialled, dialler)
  }

  joins(one: number, other: number): boolean {
    const [{ node: first }, { node: second }] = this.#ends
    return (first === one && second === other) || (first === other && second === one)
  }

  end(): void {
    for (const { end } of this.#ends) end.destroy()
    this.#onEnd()
  }

  #pass(source: RelayEnd, sink: RelayEnd): void {
    const queue: { readonly bytes: Buffer; readonly dueMs: number }[] = []
    let queuedBytes = 0
    let timer: NodeJS.Timeout | undefined
    const isCut = (): boolean => this.#weather.isCut(source.node, sink.node)
    const deliver = (bytes: Buffer): void => {
      if (isCut()) this.isTorn = true
      else if (!sink.end.destroyed && !sink.end.write(bytes) && !source.end.isPaused()) {
        source.end.pause()
        sink.end.once('drain', () => source.end.resume())
      }
    }
    const deliverDue = (): void => {
      timer = undefined
      const nowMs = performance.now()
      while (queue.length > 0 && queue[0]!.dueMs <= nowMs) {
        const { bytes } = queue.shift()!
        queuedBytes -= bytes.length
        deliver(bytes)
      }
      if (queue.length > 0) timer = setTimeout(deliverDue, queue[0]!.dueMs - performance.now())
      if (queuedBytes < maxOnTheWayBytes && source.end.isPaused() && !sink.end.writableNeedDrain) source.end.resume()
    }
    source.end.on('data', bytes => {
      const { delayMs, jitterMs } = this.#weather
      const waitMs = delayMs + (jitterMs === 0 ? 0 : this.#random.below(jitterMs * 1_000) / 1_000)
      if (waitMs === 0 && queue.length === 0) return deliver(bytes)
      const dueMs = Math.max(performance.now() + waitMs, queue.at(-1)?.dueMs ?? 0)
      queue.push({ bytes, dueMs })
      queuedBytes += bytes.length
      timer ??= setTimeout(deliverDue, waitMs)
      if (queuedBytes >= maxOnTheWayBytes) source.end.pause()
    })
    // 'close' follows.
    source.end.on('error', () => undefined)
    source.end.on('close', () => {
      clearTimeout(timer)
      if (isCut()) this.isTorn = true
      else this.end()
    })
  }
}
