import { createHash, randomBytes } from 'node:crypto'

/** How much there is to do: 1 is as much as can be done well. */
export type Pressure = number

/** How long a client counts as known after its last request, and how many are remembered. */
const knownForMs = 60_000
const maxKnown = 20_000

/** A client is established that was served so long before there was too much to do: who came just before is part of what was too much. */
const establishedAfterMs = 2_000

/** Established clients are refused as well when there is this many times too much. */
const lastResort = 8

const cutEveryMs = 100
const largestCut = 10
const smallestShare = 0.005
const growthPerSecond = 0.3

interface Visit {
  readonly firstMs: number
  readonly lastMs: number
}

/**
 * Decides whom a server takes on while there is too much to do: everybody who was there before, and of the others a share, always the same ones, so that whoever was
 * taken on can finish. The share is cut while there is too much to do, and grows slowly when there is not.
 */
export class Admission {
  readonly #salt = randomBytes(8).toString('hex')
  readonly #visits = new Map<string, Visit>()
  #share = 1
  #sinceMs: number | undefined
  #lookedMs = 0
  #cutMs = Number.NEGATIVE_INFINITY
  #pressure: Pressure = 0

  /** Of clients that are not established, how many are taken: from 0 to 1. */
  get share(): number {
    return this.#share
  }

  /** Call it regularly. */
  look(pressure: Pressure, nowMs: number): void {
    const passedMs = nowMs - this.#lookedMs
    this.#lookedMs = nowMs
    this.#pressure = pressure
    if (pressure >= 1) this.#cut(nowMs)
    else if (this.#sinceMs !== undefined) this.#share = Math.min(1, this.#share * (1 + (growthPerSecond * passedMs) / 1000))
    if (this.#share === 1) this.#sinceMs = undefined
  }

  /** Whether a client's request is taken. @param pressure - what can be told at this moment; regular looks tell the rest */
  takes(client: string, pressure: Pressure, nowMs: number): boolean {
    const isCalm = this.#sinceMs === undefined && pressure < 1
    const isTaken =
      isCalm ||
      (this.#isEstablished(client, nowMs) ? Math.max(pressure, this.#pressure) < lastResort : pressure < 1 && this.#isInShare(client))
    if (isTaken) this.#remember(client, nowMs)
    return isTaken
  }

  #cut(nowMs: number): void {
    if (nowMs - this.#cutMs < cutEveryMs) return
    this.#cutMs = nowMs
    this.#sinceMs ??= nowMs
    this.#share = Math.max(smallestShare, this.#share / Math.max(2, Math.min(this.#pressure, largestCut)))
  }

  #isEstablished(client: string, nowMs: number): boolean {
    const visit = this.#visits.get(client)
    return visit !== undefined && nowMs - visit.lastMs < knownForMs && visit.firstMs <= (this.#sinceMs ?? nowMs) - establishedAfterMs
  }

  /** By a number from 0 to 1 that is the client's, and that nobody can foresee. */
  #isInShare(client: string): boolean {
    return createHash('sha1').update(this.#salt).update(client).digest().readUInt32BE() / 2 ** 32 < this.#share
  }

  #remember(client: string, nowMs: number): void {
    const before = this.#visits.get(client)
    const isStillKnown = before !== undefined && nowMs - before.lastMs < knownForMs
    // Put at the end, so that the first one is the one that was silent longest.
    this.#visits.delete(client)
    this.#visits.set(client, { firstMs: isStillKnown ? before.firstMs : nowMs, lastMs: nowMs })
    const [oldest] = this.#visits.size > maxKnown ? this.#visits.keys() : []
    if (oldest !== undefined) this.#visits.delete(oldest)
  }
}
